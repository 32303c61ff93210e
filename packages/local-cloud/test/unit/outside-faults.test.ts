import { describe, expect, test } from 'vitest';
import { FaultWish, makeFaultBoard } from '../../src/outside/faults.ts';
import { keepNewest, wentTo, type SentMessage } from '../../src/outside/messages.ts';

const wish = (input: object) => FaultWish.parse(input);
const call = (service: string, action?: string) => ({ service, action, caller: 'orders' });

describe('a fault', () => {
  test('spoils its number of calls and then no more', async () => {
    const board = makeFaultBoard();
    board.set(wish({ kind: 'throttle', service: 'sqs', times: 2 }));
    const code = async () => (await board.before(call('sqs', 'SendMessage')))?.error?.code;
    expect([await code(), await code(), await code()]).toEqual([
      'RequestThrottled',
      'RequestThrottled',
      undefined,
    ]);
    expect(board.list()).toEqual([]);
  });

  test('stays until it is cleared, for its own service alone', async () => {
    const board = makeFaultBoard();
    board.set(wish({ kind: 'fail', service: 'dynamodb' }));
    for (let calls = 0; calls < 5; calls += 1) {
      expect((await board.before(call('dynamodb')))?.error).toMatchObject({
        status: 500,
        code: 'InternalServerError',
      });
    }
    expect(await board.before(call('sqs'))).toBeUndefined();
    expect(board.clear({ service: 'sqs' })).toBe(0);
    expect(board.clear({ service: 'dynamodb' })).toBe(1);
    expect(await board.before(call('dynamodb'))).toBeUndefined();
  });

  test('can be for one action, which then comes before that for the whole service', async () => {
    const board = makeFaultBoard();
    board.set(wish({ kind: 'throttle', service: 'dynamodb' }));
    board.set(wish({ kind: 'fail', service: 'dynamodb', action: 'PutItem', code: 'Mine' }));
    expect((await board.before(call('dynamodb', 'PutItem')))?.error?.code).toBe('Mine');
    expect((await board.before(call('dynamodb', 'GetItem')))?.error?.code).toBe(
      'ProvisionedThroughputExceededException',
    );
    expect(board.clear({ action: 'PutItem' })).toBe(1);
    expect(board.list()).toHaveLength(1);
  });

  test('slows and fails the same call where both are set; a new one replaces the old', async () => {
    const board = makeFaultBoard();
    board.set(wish({ kind: 'slow', service: 'sms-voice', ms: 5_000 }));
    board.set(wish({ kind: 'slow', service: 'sms-voice', ms: 7 }));
    expect(await board.before(call('sms-voice'))).toEqual({ delayMs: 7 });
    board.set(wish({ kind: 'fail', service: 'sms-voice', status: 503, message: 'Away' }));
    expect(await board.before(call('sms-voice'))).toEqual({
      delayMs: 7,
      error: { status: 503, code: 'InternalServerException', message: 'Away' },
    });
  });

  test('there is a limit to how many can be set', () => {
    const board = makeFaultBoard();
    const set = (action: string) => board.set(wish({ kind: 'throttle', service: 'sqs', action }));
    for (let index = 0; index < 200; index += 1) set(`Action${index}`);
    expect(() => set('OneMore')).toThrow('clear some first');
    expect(() => set('Action7')).not.toThrow();
  });
});

describe('what was sent', () => {
  const sms = (to: string): SentMessage => ({ channel: 'sms', to, body: '', data: {}, at: '' });
  const all = () => true;

  test.each(['+919876543210', '919876543210', '9876543210', ' 919876543210', '+91 98765-43210'])(
    'is found by %j',
    (address) => {
      expect(wentTo(sms('+919876543210'), address)).toBe(true);
      expect(wentTo(sms('9876543210'), address)).toBe(true);
      expect(wentTo(sms('+919876543211'), address)).toBe(false);
    },
  );

  test('is found by the device token as it is', () => {
    const push: SentMessage = { ...sms('91abc'), channel: 'push' };
    expect(wentTo(push, '91abc')).toBe(true);
    expect(wentTo(push, 'abc')).toBe(false);
  });

  test('is kept newest first, and the oldest is let go', () => {
    const kept = keepNewest<number>(3);
    for (let thing = 1; thing <= 20; thing += 1) {
      kept.keep(thing);
      expect(kept.newestFirst(all, 10)).toEqual(
        [thing, thing - 1, thing - 2].filter((one) => one > 0),
      );
    }
    expect(kept.newestFirst((thing) => thing % 2 === 1, 1)).toEqual([19]);
  });
});
