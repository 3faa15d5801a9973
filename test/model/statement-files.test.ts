import { describe, it } from 'vitest'
import { filesGiveOneHistory } from './file-lives.ts'

describe('files and syncs in any order', () => {
  it('give the history that those files give which count in the end', async () => {
    await filesGiveOneHistory({ numRuns: Number(process.env.MODEL_RUNS ?? 8) })
  })
})
