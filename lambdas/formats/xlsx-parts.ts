/**
 * The parts of a workbook as Office Open XML has them (ECMA-376, SpreadsheetML): as few as Excel opens. Every text is a text,
 * so that nothing is run as a formula, and no amount is a number, which Excel would cut to 15 digits.
 */

/** A sheet of Excel has no more rows. */
export const mostRows = 1_048_576

/** A cell of Excel has no more characters. */
const mostCharacters = 32_767

export type Sheet = { readonly name: string; readonly path: string }

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** Controls and halves of characters have no place in XML: Excel writes them `_x0007_`, and what looks so `_x005F_x0007_`. */
function escaped(text: string): string {
  if (!needsEscape.test(text)) return text
  return text
    .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, (character) =>
      character === '\n' || character === '\t'
        ? character
        : `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
    )
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

const needsEscape = /[&<>"\p{Cc}\p{Cs}\uFFFE\uFFFF]|_x[0-9A-Fa-f]{4}_/u

const styleOf = { time: 1, heading: 2, wrapped: 3 } as const

/** `A`, `B` … `AA` for 0, 1 … 26. */
export function columnName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26))
  return index < 26 ? letter : `${columnName(Math.floor(index / 26) - 1)}${letter}`
}

export function textCell(place: string, text: string, style?: keyof typeof styleOf): string {
  const whole = text.length > mostCharacters ? `${text.slice(0, mostCharacters - 1)}…` : text
  const attribute = style === undefined ? '' : ` s="${styleOf[style]}"`
  return `<c r="${place}"${attribute} t="inlineStr"><is><t xml:space="preserve">${escaped(whole)}</t></is></c>`
}

/**
 * Epoch milliseconds as Excel counts days: the first of January 1970 is 25,569. A hundredth is added, so that a reader who cuts
 * instead of rounding does not read the millisecond before.
 */
export function timeCell(place: string, time: number): string {
  return `<c r="${place}" s="${styleOf.time}"><v>${(time + 0.01) / 86_400_000 + 25_569}</v></c>`
}

/** The heading stays in sight. `widths` are in characters. */
export function sheetStart(widths: readonly number[], hasHeading: boolean): string {
  const pane = hasHeading ? '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' : ''
  const columns = widths
    .map((width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`)
    .join('')
  return `${xml}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0">${pane}</sheetView></sheetViews><cols>${columns}</cols><sheetData>`
}

export const sheetEnd = '</sheetData></worksheet>'

export function styles(): string {
  return `${xml}<styleSheet xmlns="${main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss.000"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment wrapText="1" vertical="top"/></xf></cellXfs></styleSheet>`
}

export function workbook(sheets: readonly Sheet[]): string {
  const listed = sheets
    .map(
      ({ name }, index) => `<sheet name="${escaped(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
    )
    .join('')
  return `${xml}<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${listed}</sheets></workbook>`
}

export function workbookRelations(sheets: readonly Sheet[]): string {
  const listed = sheets
    .map(({ path }, index) => relation(`rId${index + 1}`, 'worksheet', path.replace(/^xl\//, '')))
    .join('')
  return relationships(`${listed}${relation(`rId${sheets.length + 1}`, 'styles', 'styles.xml')}`)
}

export function relations(): string {
  return relationships(relation('rId1', 'officeDocument', 'xl/workbook.xml'))
}

function relation(id: string, type: string, target: string): string {
  return `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`
}

function relationships(listed: string): string {
  return `${xml}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${listed}</Relationships>`
}

export function contentTypes(sheets: readonly Sheet[]): string {
  const override = (path: string, type: string) =>
    `<Override PartName="/${path}" ContentType="${types}.${type}+xml"/>`
  return `${xml}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${override('xl/workbook.xml', 'sheet.main')}${override('xl/styles.xml', 'styles')}${sheets.map(({ path }) => override(path, 'worksheet')).join('')}</Types>`
}
