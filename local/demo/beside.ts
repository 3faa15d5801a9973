/** A screen on which every line says whose it is, so that several may write on it at once. */
export function beside<Screen extends NodeJS.WriteStream>(screen: Screen, name: string): Screen {
  return standingIn(screen, (text) => {
    screen.write(text.replace(/^(?=.)/gm, `${name.padEnd(8)}│ `))
  })
}

/** A screen that keeps what is written until somebody shows it. */
export function later<Screen extends NodeJS.WriteStream>(screen: Screen) {
  let kept = ''
  return {
    screen: standingIn(screen, (text) => {
      kept += text
    }),
    show: () => {
      screen.write(kept)
    },
  }
}

/** No terminal: nothing is redrawn in place. */
function standingIn<Screen extends NodeJS.WriteStream>(
  screen: Screen,
  write: (text: string) => void,
): Screen {
  return new Proxy(screen, {
    get: (target, property) => {
      if (property === 'isTTY') return false
      if (property !== 'write') return Reflect.get(target, property)
      return (text: unknown) => {
        write(String(text))
        return true
      }
    },
  })
}
