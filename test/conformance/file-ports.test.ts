import { describe } from 'vitest'
import { statementObjects } from '../../local/statement-objects.ts'
import { temporaryDirectory, temporaryStore } from '../adapters/temporary-store.ts'
import { modelTable } from '../model/model-table.ts'
import { objectsIn } from '../use-cases/statement-files-home.ts'
import { keepsContent, keepsFiles } from './file-ports.ts'

describe('in memory, as the model has it', () => {
  keepsFiles(async () => modelTable(() => undefined).open('home'))
  keepsContent(async () => objectsIn(new Map()))
})

describe('on a laptop, behind the SDK of the cloud', () => {
  keepsFiles(async () => (await temporaryStore()).table)
  keepsContent(async () => statementObjects(await temporaryDirectory()))
})
