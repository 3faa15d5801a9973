import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { seededRandom } from '../local/simulated-exchange/random.ts'

/** Files that take half a minute or more, the longest first. */
const long = [
  'cloud/deliveries',
  'proofs/mutants',
  'cloud/users',
  'cloud/deployed',
  'console/watching',
  'console/reading',
  'e2e/import',
  'proofs/bitrue-readings',
  'proofs/every-moment',
]

/** Files come in any order, but the long ones first: one that began last would leave the other cores idle in the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const random = seededRandom(this.ctx.config.sequence.seed)
    const placed = files.map((file) => {
      const place = long.findIndex((name) => file.moduleId.endsWith(`/${name}.test.ts`))
      return { file, place: place < 0 ? long.length + random() : place }
    })
    return placed.sort((a, b) => a.place - b.place).map(({ file }) => file)
  }
}
