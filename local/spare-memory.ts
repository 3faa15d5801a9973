import { setFlagsFromString } from 'node:v8'

// Left alone, V8 lets what it keeps grow to several times what is in use before it looks for garbage: an import of 100,000 rows then
// took 394 MB for some 60 MB in use. Said here as well as in package.json, so that it holds for `npx exchange-history`, too.
setFlagsFromString('--heap-growing-percent=30')
