/**
 * What every answer that is a part of the console says to the browser: nothing but its own files runs, is shown or is asked.
 * `elsewhere`: the other origins it may ask, which are the sign-in page and the bucket of files in the cloud, and none on a laptop.
 */
export function consoleHeaders(elsewhere: readonly string[] = []): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    ["connect-src 'self'", ...elsewhere].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]
  return {
    'Content-Security-Policy': policy.join('; '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': permissions,
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  }
}

/** Of all that a browser could be allowed, to put a copied address on the clipboard. */
const permissions = [
  ...['accelerometer', 'camera', 'display-capture', 'geolocation', 'gyroscope', 'magnetometer', 'microphone'],
  ...['midi', 'payment', 'publickey-credentials-get', 'screen-wake-lock', 'serial', 'usb', 'clipboard-read'],
]
  .map((name) => `${name}=()`)
  .concat('clipboard-write=(self)')
  .join(', ')

export const immutableCaching = 'public, max-age=31536000, immutable'
