import { Choice } from '../parts/choice.tsx'
import { Heading } from '../parts/heading.tsx'
import { Sentences } from '../parts/sentences.tsx'
import { useSettings } from '../settings.ts'
import { helpWords } from '../words/help.ts'

const texts = helpWords
const themes = ['system', 'light', 'dark'] as const

/** What the words mean, where keys are kept, which keys do what. */
export function Help() {
  const [settings, change] = useSettings()
  return (
    <div class="prose">
      <Heading text={texts.title} />
      <Part title={texts.complete} lines={texts.completeText} />
      <Part title={texts.keysKept} lines={texts.keysKeptText} />
      <section>
        <h2>{texts.keyboard}</h2>
        <dl class="keys">
          {texts.shortcuts.map(([key, does]) => (
            <div key={key} class="fact">
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <label class="check">
          <input
            type="checkbox"
            checked={settings.shortcuts}
            onChange={({ currentTarget }) => change({ shortcuts: currentTarget.checked })}
          />
          <span>{texts.shortcutsOn}</span>
        </label>
      </section>
      <section>
        <h2>{texts.look}</h2>
        <label>
          {texts.theme}{' '}
          <Choice
            value={settings.theme}
            of={themes.map((theme) => [theme, texts.themes[theme]] as const)}
            choose={(theme) => change({ theme })}
          />
        </label>
      </section>
      <section>
        <h2>{texts.programs}</h2>
        <p>
          {texts.programsText} <a href="./docs">{texts.docs}</a>
        </p>
      </section>
    </div>
  )
}

function Part({ title, lines }: { title: string; lines: readonly string[] }) {
  return (
    <section>
      <h2>{title}</h2>
      <Sentences lines={lines} />
    </section>
  )
}
