/** What files say that made them: the name and the version in package.json. */
export const product = 'exchange-history 0.1.0'
