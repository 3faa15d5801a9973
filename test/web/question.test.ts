import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { askAllAgain, comesIntoView, question, questionOfAll, questionOfEach } from '../../web/question.ts'
import { Refusal } from '../../web/refusal.ts'

/** Answers from a list, the last one for ever; an error is thrown. Every signal that came along is kept. */
function answers<T>(...list: readonly (T | Error)[]) {
  const signals: AbortSignal[] = []
  const load = async (signal: AbortSignal) => {
    signals.push(signal)
    await new Promise((resolve) => setTimeout(resolve, 10))
    const next = list[Math.min(signals.length, list.length) - 1]
    if (next === undefined || next instanceof Error) throw next
    return next
  }
  return { load, signals }
}

const refusal = new Refusal({ type: '', title: 'No', status: 409, detail: 'No', code: 'busy' })

describe('a question that the page asks', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    onTestFinished(() => {
      comesIntoView(true)
      vi.useRealTimers()
    })
  })

  it('is asked once however many look, and not again while the answer is fresh', async () => {
    const { load, signals } = answers('one')
    const asked = question(load)
    const ends = [asked.watch(() => undefined), asked.watch(() => undefined)]
    await vi.advanceTimersByTimeAsync(20)
    expect(asked.known()).toEqual({ data: 'one', error: null })
    for (const end of ends) end()
    asked.watch(() => undefined)()
    expect(signals).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(2_001)
    asked.watch(() => undefined)()
    expect(signals).toHaveLength(2)
  })

  it('keeps what is known while nobody answers, tries once more by itself, and a refusal not at all', async () => {
    const { load, signals } = answers<string>('one', new Error('gone'), new Error('gone'), refusal)
    const asked = question(load)
    asked.watch(() => undefined)
    await vi.advanceTimersByTimeAsync(20)
    void asked.again()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(asked.known()).toMatchObject({ data: 'one', error: { message: 'gone' } })
    expect(signals).toHaveLength(3)
    void asked.again()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(asked.known()).toEqual({ data: 'one', error: refusal })
    expect(signals).toHaveLength(4)
  })

  it('is told apart from its last answer by what it says: the same is no change', async () => {
    const { load } = answers<object>({ a: [1] }, { a: [1] }, { a: [2] })
    const asked = question(load)
    const changed = vi.fn()
    asked.watch(changed)
    await vi.advanceTimersByTimeAsync(20)
    const before = asked.known().data
    void asked.again()
    await vi.advanceTimersByTimeAsync(20)
    expect(asked.known().data).toBe(before)
    expect(changed).toHaveBeenCalledTimes(1)
    void asked.again()
    await vi.advanceTimersByTimeAsync(20)
    expect(asked.known().data).toEqual({ a: [2] })
    expect(changed).toHaveBeenCalledTimes(2)
  })

  it('is asked as often as its answer says, while somebody looks and the page is in view', async () => {
    const { load, signals } = answers({ pollAfter: 1_000 })
    const asked = question(load, { pollAfter: ({ data }) => data?.pollAfter })
    const end = asked.watch(() => undefined)
    await vi.advanceTimersByTimeAsync(3_050)
    expect(signals).toHaveLength(4)
    comesIntoView(false)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(signals).toHaveLength(4)
    comesIntoView(true)
    await vi.advanceTimersByTimeAsync(1_050)
    expect(signals).toHaveLength(6)
    end()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(signals).toHaveLength(6)
    // Whoever comes back while the answer is fresh hears of the next one all the same.
    asked.watch(() => undefined)
    await vi.advanceTimersByTimeAsync(20)
    const many = signals.length
    asked.watch(() => undefined)
    await vi.advanceTimersByTimeAsync(1_050)
    expect(signals.length).toBe(many + 1)
  })

  it('is asked anew after a change, what was under way is given up, and what nobody looks at waits until somebody does', async () => {
    const { load, signals } = answers('old', 'new')
    const unseen = answers('old', 'new')
    const [asked, other] = [question(load), question(unseen.load)]
    other.watch(() => undefined)
    await vi.advanceTimersByTimeAsync(20)
    const end = asked.watch(() => undefined)
    const done = askAllAgain()
    await vi.advanceTimersByTimeAsync(20)
    await done
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    expect(asked.known().data).toBe('new')
    end()
    void askAllAgain()
    await vi.advanceTimersByTimeAsync(20)
    expect(signals).toHaveLength(2)
    asked.watch(() => undefined)
    expect(signals).toHaveLength(3)
  })

  it('is given up when nobody waits for it any more, and its answer is forgotten after some minutes', async () => {
    const { load, signals } = answers('one')
    const asked = question(load)
    asked.watch(() => undefined)()
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    await vi.advanceTimersByTimeAsync(20)
    expect(asked.known().data).toBeUndefined()
    const end = asked.watch(() => undefined)
    await vi.advanceTimersByTimeAsync(20)
    end()
    expect(asked.known().data).toBe('one')
    await vi.advanceTimersByTimeAsync(300_000)
    expect(asked.known().data).toBeUndefined()
  })

  it('takes what was told elsewhere, and forgets what is not true any more', async () => {
    const { load } = answers('asked')
    const asked = question(load)
    asked.watch(() => undefined)
    asked.learn('told')
    await vi.advanceTimersByTimeAsync(20)
    expect(asked.known().data).toBe('told')
    asked.forget()
    expect(asked.known().data).toBeUndefined()
  })

  it('is one for each name, and for a list of names has an answer for each, in order', async () => {
    const each = questionOfEach(async (name) => name.toUpperCase())
    expect(each('a')).toBe(each('a'))
    const all = questionOfAll(async (name) => name.toUpperCase())
    for (const [names, expected] of [
      ['b,a', ['B', 'A']],
      ['', []],
    ] as const) {
      all(names).watch(() => undefined)
      await vi.advanceTimersByTimeAsync(1)
      expect(all(names).known().data).toEqual(expected)
    }
  })
})
