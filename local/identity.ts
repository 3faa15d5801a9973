/** Everyone who uses the local store is this user, in the terminal and over HTTP. */
export const localUser = 'local'
