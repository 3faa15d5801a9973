import { words } from '../words.ts'
import { Heading } from './heading.tsx'

/** An address of an account that is not there, or not any more. */
export function MissingAccount() {
  return (
    <>
      <Heading text={words.noConnection} />
      <p>
        <a href="#/">{words.pages.overview}</a>
      </p>
    </>
  )
}
