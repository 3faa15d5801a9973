import { parse } from 'yaml'
import { z } from 'zod'

/** Pages that say what to type to deploy. */
export const cdkPages: readonly string[] = [
  'README.md',
  'docs/runbook.md',
  'bin/stages.ts',
  '.github/workflows/deploy-stage.yml',
]

/** The blocks of shell in a page, in its order, and the commands that stand in its sentences. */
export function shellOf(page: string): {
  readonly blocks: readonly string[]
  readonly inline: readonly string[]
} {
  const blocks = [...page.matchAll(/^( *)```sh\n([\s\S]*?)^\1```$/gm)].map(([, indent = '', text = '']) =>
    text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  )
  const prose = page.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '')
  const inline = [...prose.matchAll(/`(aws [a-z0-9-]+ [^`]+)`/g)].map(([, command = '']) =>
    command.replaceAll(/\n\s*/g, ' '),
  )
  return { blocks, inline }
}

const workflow = z.object({
  jobs: z.record(z.string(), z.object({ steps: z.array(z.object({ run: z.string().optional() })) })),
})

/** What the steps of a workflow run, in its order. */
export function runsOf(page: string): readonly string[] {
  const { jobs } = workflow.parse(parse(page))
  return Object.values(jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run }) => (run === undefined ? [] : [run])),
  )
}
