/** One step: why it is taken, in a sentence, and what to paste into a shell. */
export type Step = { readonly why: string; readonly code: string }

/**
 * From nothing to a file for the tax adviser, in the order in which people do it: pasted one after the other into a
 * shell (sh, bash or zsh), each step uses what the ones before it found out. `address`: of the API. `bodies`: JSON.
 */
export function firstSteps(
  address: string,
  bodies: { readonly connection: string; readonly export: string },
): readonly Step[] {
  return [
    {
      why:
        'Paste these into one shell, one after the other. On your own computer nobody signs in, and `TOKEN` stays empty; ' +
        'elsewhere it is your ID token.',
      code: `API='${address.replaceAll("'", '')}'
TOKEN=
api() { to="$API$1"; shift; curl -sS -H "authorization: Bearer $TOKEN" "$@" "$to"; echo; }
field() { grep -o '"'"$1"'":"[^"]*"' | head -n 1 | cut -d '"' -f 4; }
api /v1/exchanges`,
    },
    {
      why:
        'Connect a key that can only read, with your own words in the place of these. The answer names the connection ' +
        'and its first sync.',
      code: `CONNECTED=$(api /v1/connections ${jsonBody(bodies.connection)}
)
printf '%s\\n' "$CONNECTED"
ID=$(printf '%s' "$CONNECTED" | field id)
RUN=$(printf '%s' "\${CONNECTED#*'"sync":'}" | field id)`,
    },
    { why: 'Watch the sync.', code: 'api "/v1/connections/$ID/syncs/$RUN"' },
    { why: 'See what is complete, and what nobody can tell.', code: 'api "/v1/connections/$ID/coverage"' },
    { why: 'Read the history.', code: 'api "/v1/transactions?limit=1000"' },
    {
      why: 'Or have it written as a file for a tax or accounting tool.',
      code: `STARTED=$(api /v1/exports ${jsonBody(bodies.export)}
)
printf '%s\\n' "$STARTED"
EXPORT=$(printf '%s' "$STARTED" | field id)`,
    },
    {
      why: 'Ask for it until it is done, and save it.',
      code: `while api "/v1/exports/$EXPORT" | grep '"state":"waiting"'; do sleep 1; done
curl -sSOJ "$(api "/v1/exports/$EXPORT" | field download)"`,
    },
  ]
}

/** A body that may hold any character, quotes included. */
function jsonBody(json: string): string {
  return `-H 'content-type: application/json' -d @- <<'END'\n${json}\nEND`
}
