import type { StageInput } from '../lib/config.ts'

/**
 * The one file to fill in before a deployment: what each stage is called, where it runs and what it may cost.
 * `npx cdk deploy --all` deploys both, `npx cdk deploy --all -c stage=prod` one of them.
 */
export const stages: readonly StageInput[] = [
  {
    name: 'dev',
    region: 'us-east-1',

    /** Twelve digits. Without it: the account of the credentials that you deploy with. */
    // account: '123456789012',

    /**
     * With fixed addresses, whoever has to bind a key to addresses can: everything that talks to an exchange leaves
     * from Elastic IPs of our own. They cost about $40 a month for each zone; without, calls leave from any address.
     */
    fixedAddresses: false,
    /**
     * How many availability zones have an address: with 2, syncs go on while one zone is down. Choose before there are
     * users: calls leave from a second address as soon as it is there, and whoever bound the first only is locked out.
     */
    natZones: 1,
    /** Addresses that are there already, one for each zone of each cell: after a network that was deleted, or an address taken back. */
    // elasticIps: [{ address: '203.0.113.7', allocationId: 'eipalloc-0123456789abcdef0' }],
    /**
     * How many cells there are: each has addresses, queues and workers of its own, and new users go where least is. One carries thousands of
     * connections; docs/cost.md says how many. Their number can only grow, since keys are bound to their addresses.
     */
    // cells: 2,
    /** What a deleted data stack has left, or a table that was restored: used instead of new ones. */
    // existing: {
    //   table: { name: 'NAME', keyArn: 'arn:aws:kms:…' },
    //   envelopes: 'NAME',
    //   credentialsKeyArn: 'arn:aws:kms:…',
    //   userPoolId: 'us-east-1_…',
    // },

    /**
     * Where new credentials go: `secrets-manager` ($0.40 a month for each), or `envelopes` of KMS in a table, for tens of
     * thousands of connections. What is in the other one is read all the same; the runbook says how to move it.
     */
    // vault: 'envelopes',
    // moveCredentials: true,

    /**
     * `infrequent-access` makes storing histories cheaper and asking for them dearer: right for accounts of more than some thousand rows.
     */
    // tableClass: 'infrequent-access',

    /**
     * Weekly copies of the table and of statement files that nobody can delete for 35 days, for about $0.50 a GB of the table and month: `{}`, or with the vault of
     * another account or region, which must let this account copy into it.
     */
    // backups: { copyTo: 'arn:aws:backup:eu-west-1:210987654321:backup-vault:NAME' },

    /** Who is told of alarms; the address gets a mail that asks to confirm. Without it, nobody is told. */
    // alarmEmail: 'you@example.com',
    /** Dollars a month, for the whole account: the same address is told when 80 % are spent, or more will be. */
    // monthlyBudget: 50,

    /** Where the sign-in page may lead back to, besides the console itself: programs of yours. Only HTTPS, or localhost. */
    signInUrls: ['http://localhost:8787/'],
    /**
     * Whether anybody may make an account, or only an operator can (`aws cognito-idp admin-create-user`). Cognito itself
     * sends 50 mails a day: for more, give the user pool an address of yours in SES.
     */
    selfSignUp: false,

    /** A name of your own for the console and the API, with a certificate of us-east-1: CloudFront takes no other. */
    // domain: { name: 'history.example.com', certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/...' },
    // With hostedZone: { id: 'Z…', name: 'example.com' } in it, the record is made, too.

    /**
     * The nightly syncs are spread over so many hours from this hour on, UTC. Each connection is synced once a day all the same. The longer,
     * the fewer addresses carry many connections (docs/cost.md): with 24 there is no night any more.
     */
    night: { begins: 1, hours: 1 },
    /** How long after a sync a user may ask for the next one of the same connection. */
    syncCoolDownSeconds: 60,
    /**
     * How many connections of each exchange are synced at the same time (in each cell), and how many exports are written: 2 to 1000. A
     * new account may run 10 functions at once, all told: ask for more before you raise this.
     */
    workersAtOnce: 2,
    exportsAtOnce: 2,

    /** The repository at GitHub whose workflow may deploy here; `there` where another stage of the account has told it of GitHub. */
    // delivery: { repository: 'you/exchange-history-importer', issuer: 'new' },

    /** How long logs are kept; one of CloudWatch's own numbers. */
    logRetentionDays: 7,

    /** Where the runbook can be read, for the links in alarms. Without it, they name the file. */
    // runbookUrl: 'https://github.com/you/exchange-history-importer/blob/main/docs/runbook.md',
  },
  {
    name: 'prod',
    region: 'us-east-1',
    fixedAddresses: true,
    natZones: 2,
    /** Both must be there: nobody should keep other people's histories without hearing when they stop growing. */
    alarmEmail: process.env.ALARM_EMAIL,
    runbookUrl: process.env.RUNBOOK_URL,
    signInUrls: ['http://localhost:8787/'],
    selfSignUp: false,
    tableClass: 'infrequent-access',
    backups: {},
    night: { begins: 0, hours: 24 },
    syncCoolDownSeconds: 900,
    workersAtOnce: 50,
    exportsAtOnce: 10,
    /** A tenth of the work first, for a quarter of an hour, and back again when an alarm rings. */
    changes: 'gradually',
    logRetentionDays: 90,
  },
]
