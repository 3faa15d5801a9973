import { useState } from 'preact/hooks'
import type { Import } from '../answers.ts'
import { ask } from '../ask.ts'
import { forgetAnswers } from '../data.ts'
import { fileQuestions } from '../file-data.ts'
import { fileListWords } from '../words/file-list.ts'
import { announce } from './announce.tsx'
import { Confirm } from './confirm.tsx'
import { Button } from './controls.tsx'

const texts = fileListWords

/** Removes a file of which nothing is stored, once somebody has said so twice. `leave`: where the page is of this file alone. */
export function RemoveFile({ file: { id, name }, leave }: { file: Import; leave?: () => void }) {
  const [isAsked, setAsked] = useState(false)
  async function remove() {
    await removeImport(id)
    announce(texts.removed)
    leave?.()
    await forgetAnswers()
  }
  return (
    <>
      <Button isDangerous onClick={() => setAsked(true)}>
        {texts.remove}
      </Button>
      {isAsked && (
        <Confirm
          title={texts.removeTitle(name)}
          text={texts.removeText}
          verb={texts.remove}
          isDangerous
          does={remove}
          close={() => setAsked(false)}
        />
      )}
    </>
  )
}

export async function removeImport(id: string): Promise<void> {
  await ask(`/v1/imports/${id}`, { method: 'DELETE' })
  // The list of before has it still.
  fileQuestions.imports.forget()
}
