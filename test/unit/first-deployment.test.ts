import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sendLoginCode, verifyLoginCode } from '../../src/contract/http/auth/routes.ts';
import { placeOrder } from '../../src/contract/http/orders/routes.ts';

const page = readFileSync('docs/runbooks/first-deployment.md', 'utf8');

/** The JSON that a call on the page sends to a route. */
function sentTo({ path }: { readonly path: string }): unknown {
  const call = page.split('curl ').find((each) => each.startsWith(`-X POST $API${path} `)) ?? '';
  const [, json = ''] = /-d '([^']+)'/.exec(call) ?? [];
  return JSON.parse(json.replace('<your number>', '9876543210').replace('<the code>', '123456'));
}

describe('the page of the first deployment', () => {
  test.each([sendLoginCode, verifyLoginCode, placeOrder])(
    'sends what the API takes: $summary',
    (route) => {
      const { success, error } = route.body.safeParse(sentTo(route));
      expect(error?.message).toBeUndefined();
      expect(success).toBe(true);
    },
  );

  test('asks for an order with a key, without which it is refused', () => {
    expect(placeOrder.idempotency).toBe('required');
    expect(page).toContain('X-Idempotency-Key:');
  });

  test('says what to do about everything that preflight finds', () => {
    const checks = readFileSync('tools/preflight/checks/account.ts', 'utf8')
      .concat(readFileSync('tools/preflight/checks/capacity.ts', 'utf8'))
      .concat(readFileSync('tools/preflight/checks/stores.ts', 'utf8'))
      .concat(readFileSync('tools/preflight/checks/messages.ts', 'utf8'));
    const names = new Set(
      [...checks.matchAll(/\b(?:todo|note|about)\(\s*'([a-z]+)'/g)].map(([, name]) => name),
    );
    expect(names.size).toBeGreaterThan(8);
    const missing = [...names].filter((each) => !page.includes(`\`${each}\``));
    expect(missing).toEqual([]);
  });
});
