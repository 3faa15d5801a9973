import { render } from 'preact'
import { App } from './app.tsx'
import { session } from './session.ts'
import { applyTheme } from './settings.ts'
import './style.css'

const root = document.getElementById('console')

async function start(): Promise<void> {
  if (root === null) return
  applyTheme()
  // Without an answer the page itself says that there is none.
  await session.open().catch(() => undefined)
  render(<App />, root)
}

void start()
