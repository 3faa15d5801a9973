/** An item as the model of the store keeps it. */
export type Stored = Readonly<Record<string, unknown>>

type Input = Readonly<Record<string, unknown>>

/** Whether the condition of a request holds for the item there is. Knows what the adapters write: no brackets, no NOT. */
export function holds(input: Input, item: Stored | undefined): boolean {
  const condition = input.ConditionExpression
  if (condition === undefined) return true
  return String(condition)
    .split(' OR ')
    .some((side) => side.split(' AND ').every((term) => termHolds(term.trim(), input, item)))
}

function termHolds(term: string, input: Input, item: Stored | undefined): boolean {
  const existence = /^attribute_(not_)?exists\((#\w+)\)$/.exec(term)
  if (existence?.[2] !== undefined)
    return (item?.[nameOf(existence[2], input)] === undefined) === (existence[1] !== undefined)
  const [, name, sign, value] = /^(#\w+) (=|<=|<) (:\w+)$/.exec(term) ?? []
  if (name === undefined || value === undefined)
    throw new Error(`The model of the store cannot read "${term}".`)
  const [left, right] = [item?.[nameOf(name, input)], argumentOf(value, input)]
  if (sign === '=') return left === right
  if (typeof left !== 'number' || typeof right !== 'number') return false
  return sign === '<' ? left < right : left <= right
}

/** The item after an update of the form `SET #a = :b, #c = if_not_exists(#c, :d) + :e REMOVE #f, #g`, or half of it. */
export function updated(input: Input, item: Stored): Stored {
  const [, sets, removes] =
    /^(?:SET (.+?))?\s*(?:REMOVE (.+?))?\s*$/.exec(String(input.UpdateExpression)) ?? []
  const gone = new Set(partsOf(removes).map((name) => nameOf(name, input)))
  const set = partsOf(sets).map((part): [string, unknown] => {
    const [name = '', expression = ''] = part.split(' = ')
    const [first = '', second] = expression.split(' + ')
    const value = operand(first, input, item)
    return [
      nameOf(name, input),
      second === undefined ? value : Number(value) + Number(operand(second, input, item)),
    ]
  })
  const kept = Object.entries(item).filter(([name]) => !gone.has(name))
  return Object.fromEntries([...kept, ...set])
}

function partsOf(list: string | undefined): readonly string[] {
  return list?.split(/, (?=#)/) ?? []
}

function operand(text: string, input: Input, item: Stored): unknown {
  const [, name, otherwise] = /^if_not_exists\((#\w+), (:\w+)\)$/.exec(text) ?? []
  if (name === undefined || otherwise === undefined) return argumentOf(text, input)
  return item[nameOf(name, input)] ?? argumentOf(otherwise, input)
}

function nameOf(placeholder: string, input: Input): string {
  const name = (input.ExpressionAttributeNames as Stored | undefined)?.[placeholder]
  if (typeof name !== 'string') throw new Error(`The request does not say what ${placeholder} is.`)
  return name
}

function argumentOf(placeholder: string, input: Input): unknown {
  const values = input.ExpressionAttributeValues as Stored | undefined
  if (values === undefined || !(placeholder in values))
    throw new Error(`The request does not say what ${placeholder} is.`)
  return values[placeholder]
}
