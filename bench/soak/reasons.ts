/**
 * Why a complaint is no fault of ours: by the words of its message and its error. What is not listed has to be looked at,
 * and a new reason is written here only by who knows it.
 */
const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /^SMS sent, but not noted|^SMS sent without knowing/,
    'DynamoDB was slower than notify waits: the machine was busy. The SMS was sent once.',
  ],
  [
    /^Timers are left to the outbox.*The queue is slow/,
    'The queue answered later than an order waits: its timers went by the outbox.',
  ],
  [
    /^Message failed.*sockets could not be reached/,
    'Some posts were not answered in time: the message came again, for those sockets alone.',
  ],
  [
    /This event is being worked on/,
    'Its last delivery had not been able to let go of it in time: the machine was busy. The message came again.',
  ],
  [/^Concurrent order request blocked/, 'P3 at work: two requests of one customer at once.'],
  [/busy right now/, 'A store did not answer in time: the client was told to try again, and did.'],
  [
    /TimeoutError|timed out|took longer|Command timed out|timeout exceeded/i,
    'The machine was busy: a limit of time was kept, and what was not done is done by the next try.',
  ],
];

/** Undefined: nobody knows. */
export const reasonFor = (words: string): string | undefined =>
  reasons.find(([known]) => known.test(words))?.[1];
