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
