import { describe, expect, it } from 'vitest'
import * as shapes from '../../lambdas/api/import-shapes.ts'
import { otherConnections } from '../../lambdas/use-cases/connect.ts'
import { bomb, lyingBomb } from '../statements/files.ts'
import { expectShape } from './open-app.ts'
import { bingxFile, canary, openImportApp, unknownFile, unknownLayout } from './open-import-app.ts'

describe('a statement file over HTTP', () => {
  it('is announced, sent, planned, stored and taken back, and each answer is as documented', async () => {
    const { call, add, rowsOf } = await openImportApp()
    const begun = await add(bingxFile)
    expectShape(shapes.importAnswer, begun.json)
    const path = `/v1/imports/${begun.json.id}`
    expect(begun.headers.get('location')).toBe(path)
    expect(begun.json).toMatchObject({ state: 'awaited', connection: 'of-ada', name: `${canary}.csv` })
    expect(begun.json.upload.url).toMatch(/^https:\/\/bucket\.invalid\/ada\/statement-files\/of-ada\//)

    const here = await call('GET', path)
    expectShape(shapes.importAnswer, here.json)
    expect(here.json).toMatchObject({ state: 'here' })
    expect(here.json).not.toHaveProperty('upload')

    const planned = await call('POST', `${path}/plan`, { body: {} })
    expectShape(shapes.readAnswer, planned.json)
    expect(planned.json).toMatchObject({
      outcome: 'planned',
      plan: {
        tables: [
          {
            name: 'BingX, spot orders',
            rows: 3,
            first: { line: 2, utc: '2026-01-07T11:35:35.000Z', shown: '2026-01-07 11:35:35' },
            symbols: ['KAS-USDT'],
            // By which its owner may say otherwise.
            signature: expect.stringMatching(/^[0-9a-f]{32}$/),
          },
        ],
        streams: [
          {
            stream: 'spot-trade',
            title: 'Spot fills',
            new: 3,
            known: 0,
            contradicting: 0,
            replaced: 0,
            mayBeTwice: 0,
          },
        ],
        months: [
          { from: '2026-01-01T00:00:00.000Z', rows: 1 },
          { from: '2026-02-01T00:00:00.000Z', rows: 2 },
        ],
        samples: {
          new: [{ stream: 'spot-trade', words: 'buy 1000 KAS KAS-USDT at 0.04 fee 1 KAS' }, {}, {}],
        },
      },
    })
    expect(await rowsOf('of-ada')).toEqual([])

    const stored = await call('POST', `${path}/commit`, { body: { plan: planned.json.plan.id } })
    expectShape(shapes.storedAnswer, stored.json)
    expect(stored.json).toMatchObject({
      written: 3,
      removed: 0,
      import: { state: 'stored', stored: { at: '2026-11-27T00:00:00.000Z', tables: [{ rows: 3 }] } },
    })
    expect(await rowsOf('of-ada')).toHaveLength(3)

    const again = await call('POST', `${path}/plan`, { body: {} })
    expect(again.json.plan.streams).toMatchObject([{ new: 0, known: 3 }])
    const list = await call('GET', '/v1/imports')
    expectShape(shapes.importList, list.json)
    expect(list.json.items).toMatchObject([{ id: begun.json.id, state: 'stored' }])

    const gone = await call('POST', `${path}/take-back`)
    expectShape(shapes.storedAnswer, gone.json)
    expect(gone.json).toMatchObject({ written: 0, removed: 3, import: { state: 'taken-back' } })
    expect(await rowsOf('of-ada')).toEqual([])
  })

  it('asks what only its owner can say, and proposes what was said before for the same header', async () => {
    const { call, add, rowsOf } = await openImportApp()
    const { json } = await add(unknownFile)
    const path = `/v1/imports/${json.id}`
    const asked = await call('POST', `${path}/plan`, { body: {} })
    expectShape(shapes.readAnswer, asked.json)
    const [question] = asked.json.questions
    expect(question).toMatchObject({
      about: 'layout',
      columns: expect.arrayContaining(['Zeit', 'Kurs']),
      missing: [],
    })
    expect(question.proposal).toMatchObject({ time: 'Zeit', columns: { amount: 'Menge' } })

    const layouts = { [question.signature]: unknownLayout }
    const open = await call('POST', `${path}/plan`, { body: { layouts } })
    expectShape(shapes.readAnswer, open.json)
    expect(open.json.questions.map(({ about }: { about: string }) => about)).toEqual([
      'date-order',
      'decimal-sign',
      'decimal-sign',
      'clock',
    ])
    const settings = {
      layouts,
      dateOrder: 'day-first',
      decimalSigns: { Kurs: ',', Menge: ',' },
      timezone: 'Europe/Berlin',
    }
    const planned = await call('POST', `${path}/plan`, { body: settings })
    expect(planned.json).toMatchObject({
      plan: { tables: [{ first: { utc: '2025-04-03T10:00:00.000Z' } }], streams: [{ new: 2 }] },
    })
    await call('POST', `${path}/commit`, { body: { ...settings, plan: planned.json.plan.id } })
    expect(await rowsOf('of-ada')).toMatchObject([
      { side: 'buy', price: '1.234', amount: '2.345' },
      { side: 'sell', price: '1.235', amount: '2.346' },
    ])

    const next = await add(unknownFile.replace('1,235', '1,236'))
    const remembered = await call('POST', `/v1/imports/${next.json.id}/plan`, { body: {} })
    expect(remembered.json.questions[0].saved).toMatchObject(unknownLayout)
  })

  it('is not stored by a plan that is another by now, nor by the plan of other settings', async () => {
    const { call, add, rowsOf, stores } = await openImportApp()
    const { json } = await add(bingxFile)
    const path = `/v1/imports/${json.id}`
    const { plan } = (await call('POST', `${path}/plan`, { body: {} })).json
    await stores.transactions.write({ user: 'ada', connection: 'of-ada' }, [
      {
        stream: 'spot-trade',
        time: Date.UTC(2026, 0, 7, 11, 35, 35, 120),
        identity: 't|2001',
        symbol: 'KAS-USDT',
        side: 'buy',
        price: '0.04',
        amount: '1000',
        fee: '1',
        feeCurrency: 'KAS',
        orderId: '2001',
        raw: '{}',
      },
    ])
    const stale = await call('POST', `${path}/commit`, { body: { plan: plan.id } })
    expect(stale.json).toMatchObject({ status: 409, code: 'stale-plan' })
    expect(await rowsOf('of-ada')).toHaveLength(1)
    const fresh = (await call('POST', `${path}/plan`, { body: {} })).json.plan
    expect(fresh.streams).toMatchObject([{ new: 2, known: 1 }])
    expect((await call('POST', `${path}/commit`, { body: { plan: fresh.id } })).json).toMatchObject({
      written: 2,
    })
  })

  it('attests the time of which its owner says that it has everything, never more', async () => {
    const { call, add } = await openImportApp()
    const { json } = await add(bingxFile)
    const path = `/v1/imports/${json.id}`
    const attests = { from: '2026-01-07T11:35:35Z', to: '2026-02-07T11:36:00Z' }
    const { plan } = (await call('POST', `${path}/plan`, { body: { attests } })).json
    expect(plan.attests).toEqual([
      expect.stringMatching(/^Spot fills: 2026-01-07 11:35 to 2026-02-07 11:36 UTC is attested/),
    ])
    const stored = await call('POST', `${path}/commit`, { body: { attests, plan: plan.id } })
    expect(stored.json.import.stored.attests).toEqual({
      from: '2026-01-07T11:35:35.000Z',
      to: '2026-02-07T11:36:00.000Z',
    })
  })

  it('attests nothing of the time before its exchange was there, or after the file came', async () => {
    const { call, add } = await openImportApp()
    const { json } = await add(bingxFile)
    const attests = { from: '2010-01-01', to: '2040-01-01' }
    const { plan } = (await call('POST', `/v1/imports/${json.id}/plan`, { body: { attests } })).json
    expect(plan.attests).toEqual([
      expect.stringMatching(/^Spot fills: 2018-01-01 00:00 to 2026-11-27 00:00 UTC is attested/),
    ])
  })

  it.each([
    [
      'a web page that is called a workbook',
      '<html><body>Log in</body></html>',
      /is a web page and no statement/,
    ],
    ['a bomb of 2 kB', bomb(), /larger than 256 MB/],
    ['a bomb of 2 kB that lies', lyingBomb(), /is damaged/],
    ['an encrypted workbook', new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 1, 2, 3]), /one with a password/],
    ['a header without rows', bingxFile.slice(0, bingxFile.indexOf('\n') + 1), /has a header and no row/],
    ['a cell that is no number', bingxFile.replace('0.05,1000', 'x,1000'), /One cell of .* cannot be read/],
  ])('%s is refused with a sentence, and nothing of it is stored', async (_what, content, sentence) => {
    const { call, add, rowsOf } = await openImportApp()
    const { json } = await add(content)
    const refused = await call('POST', `/v1/imports/${json.id}/plan`, { body: {} })
    expectShape(shapes.readAnswer, refused.json)
    expect(refused.json).toMatchObject({ outcome: 'refused', sentence: expect.stringMatching(sentence) })
    const stored = await call('POST', `/v1/imports/${json.id}/commit`, { body: { plan: 'any' } })
    expect(stored.json).toMatchObject({ status: 422, code: 'file-refused' })
    expect(await rowsOf('of-ada')).toEqual([])
  })

  it('of another account, or of another exchange, is refused', async () => {
    const { call, add } = await openImportApp()
    const { json } = await add(bingxFile)
    const { plan } = (await call('POST', `/v1/imports/${json.id}/plan`, { body: {} })).json
    await call('POST', `/v1/imports/${json.id}/commit`, { body: { plan: plan.id } })
    const other = await add(bingxFile.replaceAll('\n77,', '\n78,'))
    expect((await call('POST', `/v1/imports/${other.json.id}/plan`, { body: {} })).json).toMatchObject({
      outcome: 'refused',
      sentence: expect.stringMatching(/of another account/),
    })
    const elsewhere = await add(bingxFile, { more: { exchange: 'bitmart' } })
    expect((await call('POST', `/v1/imports/${elsewhere.json.id}/plan`, { body: {} })).json).toMatchObject({
      outcome: 'refused',
      sentence: expect.stringMatching(/BingX/),
    })
  })

  it('that is stored for one account is refused for another until it is taken back there', async () => {
    const { call, add, rowsOf } = await openImportApp()
    const { json: first } = await add(bingxFile)
    const { plan } = (await call('POST', `/v1/imports/${first.id}/plan`, { body: {} })).json
    const second = await add(bingxFile, {
      more: { exchange: 'bingx', label: 'Old account', newAccount: true },
    })
    const path = `/v1/imports/${second.json.id}`
    const early = (await call('POST', `${path}/plan`, { body: {} })).json
    expect(early).toMatchObject({ outcome: 'planned' })
    await call('POST', `/v1/imports/${first.id}/commit`, { body: { plan: plan.id } })
    // Neither a plan that was made before, nor a new one.
    expect((await call('POST', `${path}/commit`, { body: { plan: early.plan.id } })).json).toMatchObject({
      status: 422,
      code: 'file-refused',
    })
    expect((await call('POST', `${path}/plan`, { body: {} })).json).toMatchObject({
      outcome: 'refused',
      sentence: expect.stringMatching(/is stored already for the connection of-ada .* counted again/),
    })
    expect(await rowsOf(second.json.connection)).toEqual([])
    await call('POST', `/v1/imports/${first.id}/take-back`)
    expect((await call('POST', `${path}/plan`, { body: {} })).json).toMatchObject({
      plan: { streams: [{ new: 3 }] },
    })
  })

  it('of an account without a key makes a connection, the same for the same name', async () => {
    const { call, add, stores } = await openImportApp()
    const one = await add(bingxFile, { more: { exchange: 'bitmart', label: 'Old account' } })
    const two = await add(`${bingxFile}\n`, { more: { exchange: 'bitmart', label: 'old  account' } })
    expect(two.json.connection).toBe(one.json.connection)
    expect(await stores.connections.find('ada', one.json.connection)).toMatchObject({
      exchange: 'bitmart',
      label: 'Old account',
      status: 'disconnected',
      statementsOnly: true,
    })
    expect((await call('GET', `/v1/imports?connection=${one.json.connection}`)).json.items).toHaveLength(2)
  })

  it('of an exchange of which accounts are here is refused until somebody says which, and is met again by its name', async () => {
    const { add, stores } = await openImportApp()
    const { status, json } = await add(bingxFile, { more: { exchange: 'bingx', label: 'Old' } })
    expect([status, json.code, json.connection]).toEqual([409, 'which-account', 'of-ada'])
    expect(json.detail).toMatch(
      /^Of BingX, the connection of-ada .*is here already, and what two accounts tell is counted twice\. .*"newAccount": true/,
    )
    const said = await add(bingxFile, { more: { exchange: 'bingx', label: 'Old', newAccount: true } })
    const again = await add(bingxFile, { more: { exchange: 'bingx', label: 'old' } })
    expect(again.json.connection).toBe(said.json.connection)
    const both = await add(bingxFile, { more: { exchange: 'bingx' } })
    expect(both.json).not.toHaveProperty('connection')
    expect(both.json.detail).toMatch(/^Of BingX, .* are here already/)
    expect(await stores.connections.list('ada')).toHaveLength(2)
  })

  it('of another account than all that are here makes one each time, whose name nobody has', async () => {
    const { add, stores } = await openImportApp()
    const made = [
      await add(bingxFile, { more: { exchange: 'bitmart' } }),
      await add(bingxFile, { more: { exchange: 'bitmart', newAccount: true } }),
      await add(bingxFile, { more: { exchange: 'bitmart', newAccount: true } }),
      await add(bingxFile, { more: { exchange: 'bitmart', newAccount: true, label: 'Old' } }),
      await add(bingxFile, { more: { exchange: 'bitmart', newAccount: true, label: 'old' } }),
    ]
    const connections = made.map(({ json }) => json.connection)
    expect(new Set(connections).size).toBe(connections.length)
    const found = await Promise.all(connections.map((id) => stores.connections.find('ada', id)))
    expect(found.map((one) => one?.label)).toEqual([undefined, 'Account 2', 'Account 3', 'Old', 'old 2'])
  })

  it('of which nothing can be read makes no account: the next one takes its place, and it goes with its last file', async () => {
    const { call, add, stores, ports } = await openImportApp()
    const whose = { exchange: 'bingx', label: 'Old', newAccount: true }
    const noise = (text: string) => add(`\u0000\u0001 no table at all, ${text}`, { more: whose })
    const read = async ({ json }: { json: { id: string } }) =>
      (await call('POST', `/v1/imports/${json.id}/plan`, { body: {} })).json.outcome
    const first = await noise('once')
    expect(await read(first)).toBe('refused')
    // It is begun, says so, is asked about by nobody, and stands in nobody's way.
    const account = () => stores.connections.find('ada', first.json.connection)
    expect(await account()).toMatchObject({ begun: true })
    const known = await stores.connections.find('ada', 'of-ada')
    expect(await otherConnections(ports, 'ada', 'bingx', 'new')).toEqual([known])
    const again = await noise('twice')
    expect(await read(again)).toBe('refused')
    // What never arrived is sent once more; another file could be of another account.
    const sent = { name: 'a.csv', bytes: 10, sha256: 'a'.repeat(64) }
    const announced = (more: object) => call('POST', '/v1/imports', { body: { ...whose, ...sent, ...more } })
    const [lost, resent] = [await announced({}), await announced({})]
    const apart = await announced({ sha256: 'b'.repeat(64) })
    const made = [first, again, lost, resent].map(({ json }) => json.connection)
    expect(new Set(made).size).toBe(1)
    expect(apart.json.connection).not.toBe(first.json.connection)
    for (const { json } of [again, lost, apart])
      expect((await call('DELETE', `/v1/imports/${json.id}`)).status).toBe(204)
    expect(await stores.connections.find('ada', apart.json.connection)).toBeUndefined()

    const good = await add(bingxFile.replaceAll('\n77,', '\n78,'), { more: whose })
    expect(good.json.connection).toBe(first.json.connection)
    expect(await read(good)).toBe('planned')
    expect(await account()).not.toHaveProperty('begun')
    for (const { json } of [first, good]) await call('DELETE', `/v1/imports/${json.id}`)
    expect(await stores.connections.list('ada')).toEqual([known])
  })

  it('of two that take the place of what came in vain at one moment is one of an account of its own', async () => {
    const { call, add } = await openImportApp()
    const whose = { exchange: 'bingx', newAccount: true }
    const { json } = await add('\u0000\u0001 no table at all', { more: whose })
    await call('POST', `/v1/imports/${json.id}/plan`, { body: {} })
    const [one, other] = await Promise.all([
      add(bingxFile.replaceAll('\n77,', '\n78,'), { more: whose }),
      add(bingxFile.replaceAll('\n77,', '\n79,'), { more: whose }),
    ])
    expect(one.json.connection).not.toBe(other.json.connection)
    expect([one, other].map((added) => added.json.connection)).toContain(json.connection)
  })

  it('is removed by its owner as if it had never come, its rows first where it was stored', async () => {
    const { call, add, rowsOf, stores, objects } = await openImportApp()
    const { json } = await add(bingxFile)
    const path = `/v1/imports/${json.id}`
    const refused = await add(bingxFile.replaceAll(',1000,', ',many,'))
    const { plan } = (await call('POST', `${path}/plan`, { body: {} })).json
    await call('POST', `${path}/commit`, { body: { plan: plan.id } })
    const kept = await rowsOf('of-ada')
    expect(kept).toHaveLength(3)

    expect((await call('DELETE', `/v1/imports/${refused.json.id}`)).status).toBe(204)
    expect(await rowsOf('of-ada')).toEqual(kept)
    expect([...objects.keys()].every((key) => key.includes(json.id.split('-').at(-1)))).toBe(true)
    expect((await call('GET', '/v1/imports')).json.items).toMatchObject([{ id: json.id, state: 'stored' }])

    expect((await call('DELETE', path)).status).toBe(204)
    expect(await rowsOf('of-ada')).toEqual([])
    expect([...objects.keys()]).toEqual([])
    expect((await call('GET', '/v1/imports')).json.items).toEqual([])
    expect((await stores.connections.find('ada', 'of-ada'))?.files).toBeUndefined()
    expect((await call('DELETE', path)).status).toBe(404)
  })

  it('of another exchange is told to be one before its cells are, and before anything is asked', async () => {
    const { call, add } = await openImportApp()
    const { json } = await add(bingxFile.replace('0.05,1000', 'x,1000'), { more: { exchange: 'bitmart' } })
    expect((await call('POST', `/v1/imports/${json.id}/plan`, { body: {} })).json).toMatchObject({
      outcome: 'refused',
      sentence: expect.stringMatching(/^This file is of BingX, and the connection is of BitMart/),
      exchange: 'bingx',
      cells: [],
    })
  })

  it('with a word that nobody knows says so, for whoever may say what it means', async () => {
    const { call, add } = await openImportApp()
    const { json } = await add(bingxFile.replace('Sell', 'Frobnicate'))
    const read = (await call('POST', `/v1/imports/${json.id}/plan`, { body: {} })).json
    expectShape(shapes.readAnswer, read)
    expect(read.plan.tables).toMatchObject([{ hasUnknownWords: true, signature: expect.any(String) }])
  })

  it('that could not be read says why wherever it is named, until it can be read', async () => {
    const { call, add } = await openImportApp()
    const { json } = await add(unknownFile)
    const path = `/v1/imports/${json.id}`
    const plan = async (body: object) => (await call('POST', `${path}/plan`, { body })).json
    const named = async () => {
      const [one, list] = [await call('GET', path), await call('GET', '/v1/imports')]
      expectShape(shapes.importAnswer, one.json)
      expect(list.json.items).toEqual([one.json])
      return one.json
    }
    const asked = await plan({})
    expect(await named()).not.toHaveProperty('refused')
    const settings = (means: object, columns: object = unknownLayout.columns) => ({
      layouts: {
        [asked.questions[0].signature]: {
          ...unknownLayout,
          columns,
          words: [{ column: 'Richtung', isClosed: true, means }],
        },
      },
      dateOrder: 'day-first',
      timezone: 'Europe/Berlin',
      decimalSigns: { Kurs: ',', Menge: ',' },
    })
    // A word that nobody explained is no damage: it is asked for, and what was said stays said.
    const unsaid = await plan(settings({ Kauf: { side: 'buy' } }))
    expectShape(shapes.readAnswer, unsaid)
    expect(unsaid.questions).toMatchObject([
      {
        about: 'layout',
        missing: [expect.stringContaining('“Verkauf” in “Richtung”')],
        proposal: { granularity: 'fill', words: [{ means: { Kauf: { side: 'buy' } } }] },
      },
    ])
    const both = { Kauf: { side: 'buy' }, Verkauf: { side: 'sell' } }
    const wrong = await plan(settings(both, { ...unknownLayout.columns, price: 'Richtung' }))
    expect(wrong.outcome).toBe('refused')
    expect(await named()).toMatchObject({ state: 'here', refused: { sentence: wrong.sentence } })
    const right = await plan(settings(both))
    expect(right.outcome).toBe('planned')
    expect(await named()).not.toHaveProperty('refused')
  })

  it('that cannot be is refused before anything is kept, each field by its name', async () => {
    const { call, objects } = await openImportApp()
    const good = { connection: 'of-ada', name: 'a.csv', bytes: 10, sha256: 'a'.repeat(64) }
    const cases: readonly [object, string][] = [
      [{ ...good, bytes: 33_554_433 }, 'bytes'],
      [{ ...good, bytes: 0 }, 'bytes'],
      [{ ...good, sha256: 'a' }, 'sha256'],
      [{ ...good, name: '' }, 'name'],
      [{ ...good, exchange: 'bingx' }, 'connection'],
      [{ ...good, connection: undefined }, 'connection'],
      [{ ...good, label: 'x' }, 'label'],
      [{ ...good, newAccount: true }, 'newAccount'],
      [{ ...good, connection: undefined, exchange: 'nowhere' }, 'exchange'],
    ]
    for (const [body, field] of cases)
      expect((await call('POST', '/v1/imports', { body })).json, field).toMatchObject({
        status: 400,
        errors: [{ field }],
      })
    const { json } = await call('POST', '/v1/imports', { body: good })
    const early = await call('POST', `/v1/imports/${json.id}/plan`, { body: {} })
    expect(early.json).toMatchObject({ status: 409, code: 'content-missing' })
    const wrong = { attests: { from: '2026-02-01', to: '2026-01-01' } }
    expect((await call('POST', `/v1/imports/${json.id}/plan`, { body: wrong })).json).toMatchObject({
      status: 400,
      errors: [{ field: 'attests.to' }],
    })
    const mapping = { granularity: 'fill', columns: { time: 'Zeit' }, isTrade: true }
    expect(
      (await call('POST', `/v1/imports/${json.id}/plan`, { body: { layouts: { x: mapping } } })).json.errors,
    ).toEqual([
      { field: 'layouts.x.stream', detail: expect.stringContaining('is required') },
      { field: 'layouts.x.time', detail: 'is required' },
      { field: 'layouts.x.columns.time', detail: 'is not a field of this request' },
      { field: 'layouts.x.isTrade', detail: 'is not a field of this request' },
    ])
    expect((await call('GET', '/v1/imports/nothing')).json.detail).toBe(
      'There is no statement file with this id.',
    )
    expect(objects.size).toBe(0)
  })

  it('is unknown to another user, whatever is done with its id', async () => {
    const { call, add, rowsOf } = await openImportApp()
    const { json } = await add(bingxFile)
    const path = `/v1/imports/${json.id}`
    const { plan } = (await call('POST', `${path}/plan`, { body: {} })).json
    const bob = { user: 'bob' }
    const answers = [
      await call('GET', path, bob),
      await call('POST', `${path}/plan`, { ...bob, body: {} }),
      await call('POST', `${path}/commit`, { ...bob, body: { plan: plan.id } }),
      await call('POST', `${path}/take-back`, bob),
      await call('DELETE', path, bob),
      await call('GET', '/v1/imports?connection=of-ada', bob),
      await call('POST', '/v1/imports', {
        ...bob,
        body: { connection: 'of-ada', name: 'a', bytes: 1, sha256: 'a'.repeat(64) },
      }),
      ...(await Promise.all(
        ['nothing', '-', '%00', `of-ada-${'0'.repeat(32)}`].map((id) => call('GET', `/v1/imports/${id}`)),
      )),
    ]
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404))
    expect((await call('GET', '/v1/imports', bob)).json.items).toEqual([])
    // The same file at two people is two.
    const { json: theirs } = await add(bingxFile, bob)
    expect(theirs.id).not.toBe(json.id)
    expect([await rowsOf('of-ada'), await rowsOf('of-bob', 'bob')]).toEqual([[], []])
  })
})
