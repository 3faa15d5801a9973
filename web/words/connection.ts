import { count } from '../show.ts'

/** The page of one account. */
export const connectionWords = {
  account: 'Account',
  coverage: 'Coverage',
  streams: 'Streams',
  toCome:
    'Nothing is known yet: it will be drawn as it comes. A first sync may take two hours; this page may be closed.',
  recheck: 'Ask again for everything missing',
  syncs: 'Syncs',
  noSyncs: 'No sync is remembered.',
  syncColumns: ['Began', 'Took', 'State', 'New', 'Changed', 'Requests'] as const,
  moment: 'less than a second',
  known: (many: number) =>
    many === 1 ? 'What is known of it' : `What is known of it, in ${count(many)} sentences`,
  each: (many: number) => `Each by itself: ${count(many)} times`,
  rename: 'Name and first use',
  renameTitle: 'Name and first use of this account',
  name: 'Name',
  nameHint: 'Your own word for it; only you see it.',
  since: 'First used',
  sinceHint:
    'You say that the account was not used before this day: older time then counts as empty, unless a row says otherwise. Leave it empty if you do not know.',
  replace: 'Replace the key',
  pause: 'Pause the nightly syncs',
  resume: 'Go on with the nightly syncs',
  pauseText:
    'Nothing is asked at night until you go on. What the exchange forgets meanwhile becomes a gap. “Sync now” works all the same.',
  pausedText:
    'The nightly syncs of this account are paused: what the exchange forgets meanwhile becomes a gap.',
  disconnect: 'Disconnect',
  disconnectTitle: 'Disconnect this account',
  disconnectText:
    'The stored key is destroyed at once, and nothing is imported any more. The history stays; connecting again goes on with it.',
  delete: 'Delete the history too',
  deleteText:
    'Every row, all coverage and every export that holds rows of it are deleted. What the exchange no longer serves is lost for good.',
  typeToDelete: (name: string) => `Type ${name} to delete its history.`,
  absent: 'What is never imported',
  welcome: 'Connected. The first sync has begun.',
  replaced: 'The key is replaced. The history goes on.',
  read: 'I have read this',
  notAsked: 'Nothing is asked any more.',
  settings: 'Settings',
  save: 'Save',
  noKey: 'It has no key: the exchange is never asked.',
  deleteFiles: 'Remove this account',
  deleteFilesText:
    'Its files, every row that they tell, and every export that holds rows of it are deleted. The files on your computer stay.',
}
