import { columns } from './flags.ts'
import { version } from './version.ts'

type Command = { readonly about: string; readonly run: () => Promise<unknown> }

/** Each is a program of its own, which reads its words from the command line of the process. */
const commands: Readonly<Record<string, Command>> = {
  import: {
    about: 'import the history of an exchange account, or a statement file of it (--file FILE)',
    run: () => import('./import.ts'),
  },
  export: {
    about: 'write what was imported for a tax or accounting tool',
    run: () => import('./export.ts'),
  },
  status: { about: 'what is imported, and how complete it is', run: () => import('./status.ts') },
  connections: {
    about: 'rename or remove an account; list statement files, and take one back',
    run: () => import('./connections.ts'),
  },
  start: { about: 'serve the API on this computer, and sync every night', run: () => import('./start.ts') },
  demo: { about: 'see it work, without a key', run: () => import('./demo.ts') },
  probe: { about: 'find out at an exchange what it does not document', run: () => import('./probe.ts') },
  simulate: { about: 'serve a simulated exchange, to develop against', run: () => import('./simulate.ts') },
}

/** `exchange-history COMMAND …`: the same as `npm run COMMAND -- …` in a checkout. */
export async function runCommand([name, ...words]: readonly string[]): Promise<void> {
  if (name === undefined) {
    process.stderr.write(`${help()}\n`)
    process.exitCode = 2
  } else if (name === '--version' || words.includes('--version')) process.stdout.write(`${version()}\n`)
  else if (name === '--help') process.stdout.write(`${help()}\n`)
  else if (Object.hasOwn(commands, name)) {
    process.argv.splice(2, process.argv.length, ...words)
    await commands[name]?.run()
  } else {
    process.stderr.write(`There is no such command; known: ${Object.keys(commands).join(', ')}.\n`)
    process.exitCode = 2
  }
}

function help(): string {
  return [
    'Imports the complete history of exchange accounts, and keeps it on this computer.',
    '',
    'exchange-history COMMAND [options]',
    '',
    ...columns([
      ...Object.entries(commands).map(([left, { about }]) => ({ left, about })),
      { left: '--version', about: 'which version this is' },
    ]),
    '',
    'exchange-history COMMAND --help says more. In a checkout, npm run COMMAND -- [options] does the same.',
  ].join('\n')
}
