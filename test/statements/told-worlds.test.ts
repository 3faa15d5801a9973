import { describe, it } from 'vitest'
import { tellsEachOnce } from './told-worlds.ts'

describe('what files tell elsewhere, whatever was filtered out of which of them', () => {
  it('is told by amounts: nothing is lost for what happened near it, and nothing counts twice that adds up to it', () => {
    tellsEachOnce({ numRuns: 60 })
  })
})
