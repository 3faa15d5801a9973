/** BingX's codes and words for them; 403 is its firewall, which answers with a page. Nearly all come with HTTP 200. */
export const codes = {
  403: 'Forbidden',
  80014: 'Invalid parameters, err:startTs: This field must be less than endTs',
  100001: 'Signature verification failed due to signature mismatch',
  100004: 'Permission denied as the API key was created without the permission',
  100400: 'this api is not exist, please refer to the API docs https://bingx-api.github.io/docs',
  100403: 'this api is only available to the main account',
  100410:
    'The endpoint trigger frequency limit rule is currently in the disabled period and will be unblocked after',
  100413: 'Incorrect apiKey',
  100414: 'the account is abnormal, please contact customer service',
  100419: 'your current request IP does not match IP whitelist',
  100421: 'timestamp is invalid',
  100500: 'Internal system error',
  106551: 'The system is busy, please try again later',
  109400: 'Invalid parameters: the time range is too wide',
  109429: 'too many requests',
  109500: 'The system is busy',
} as const

export type Code = keyof typeof codes
