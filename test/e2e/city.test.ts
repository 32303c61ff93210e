import { chmodSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../packages/local-cloud/test/fixture-app/cloud.ts';
import type { CityView, OrderSeen } from '../../city/live/view.ts';
import { lateSeconds, type Meaning } from '../../city/live/number-meanings.ts';
import type { Position } from '../../src/places/position.ts';
import { openBrowser } from '../support/browser.ts';
import { layoutShiftOf, watchLayout } from '../support/layout-shift.ts';
import { cityCustomer, type CityCustomer } from '../support/city-customer.ts';
import { startLiveStage, type LiveStage } from '../support/live-stage.ts';

const folder = temporaryFolder();
// So that PostgreSQL's own user can pass, where we are root.
chmodSync(folder, 0o755);
const args = ['--city', 'noida', '--captains', '16', '--seed', '3'];

let stage: LiveStage;
let browser: Browser;
let page: Page;
const phone = { width: 360, height: 740 };
const complaints: string[] = [];
const requested = new Set<string>();
beforeAll(async () => {
  [stage, browser] = await Promise.all([startLiveStage(folder, args), openBrowser()]);
  // It draws when there is news, so that a browser without graphics leaves the processor to the stage.
  page = await browser.newPage({ viewport: phone, reducedMotion: 'reduce' });
  page.on('console', (said) => {
    if (said.type() === 'error') complaints.push(said.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => requested.add(new URL(request.url()).origin));
  await watchLayout(page);
  await page.goto(`${stage.origin}/_dev/map`);
});
afterAll(async () => {
  await browser?.close();
  await stage?.stop();
});

const patience = { timeout: 150_000, interval: 500 };
/** About so many metres. */
const north = ({ latitude, longitude }: Position, metres: number): Position => ({
  latitude: latitude + metres / 111_200,
  longitude,
});

async function look(): Promise<CityView> {
  const answer = await fetch(`${stage.origin}/_dev/city`);
  return (await answer.json()) as CityView;
}

interface Truck {
  readonly status: string;
  readonly tripId: string | null;
  readonly tripStatus: string | null;
  readonly tripAcceptedAt: string | null;
}
interface Detail {
  readonly order: { readonly status: string };
  readonly requests: readonly Truck[];
}
interface Seen {
  readonly isStale: boolean;
  readonly staleSince: string | null;
  readonly lastUpdated: string;
}
interface Search {
  readonly waves: readonly { asked: number; seen: number; accepted: number; declined: number }[];
}

interface Placed extends CityCustomer {
  readonly id: string;
  readonly phone: string;
  readonly detail: () => Promise<Detail>;
  /** Waits for a state of the order's truck; answers the truck, and when it was seen so. */
  readonly truckIs: (is: (truck: Truck) => boolean) => Promise<Truck & { readonly seenAt: number }>;
  readonly search: () => Promise<Search['waves'][number]>;
  readonly ends: () => Promise<string>;
  readonly seen: () => Promise<OrderSeen>;
}

/** An order for a truck that stands 300 metres away, over 900 metres. */
async function place(phone: string, near: Position): Promise<Placed> {
  const customer = await cityCustomer(stage.origin, phone);
  const pickup = north(near, 300);
  const id = await customer.order(pickup, north(pickup, 900));
  const detail = () => customer.get<Detail>(`/api/v1/orders/${id}`);
  const over = ['completed', 'expired', 'cancelled'];
  return {
    ...customer,
    id,
    phone,
    detail,
    truckIs: (is) =>
      vi.waitFor(async () => {
        const { requests } = await detail();
        const truck = requests.find(is);
        if (!truck) throw new Error(`${phone}: ${JSON.stringify(requests)}`);
        return { ...truck, seenAt: Date.now() };
      }, patience),
    search: async () => {
      const { waves } = await customer.get<Search>(`/api/v1/orders/${id}/search`);
      const sum = (of: 'asked' | 'seen' | 'accepted' | 'declined') =>
        waves.reduce((total, wave) => total + wave[of], 0);
      return {
        asked: sum('asked'),
        seen: sum('seen'),
        accepted: sum('accepted'),
        declined: sum('declined'),
      };
    },
    ends: () =>
      vi.waitFor(async () => {
        const { order } = await detail();
        if (!over.includes(order.status)) throw new Error(`${phone} is ${order.status}`);
        return order.status;
      }, patience),
    seen: async () => {
      const order = (await look()).orders.find((each) => each.id === id);
      if (!order) throw new Error(`Nobody in the city has seen the order of ${phone}`);
      return order;
    },
  };
}

/** What the meaningful numbers do, each as docs/city.md says it. */
const meanings: Readonly<Record<Meaning, (order: Placed) => Promise<void>>> = {
  'taken at once': async (order) => {
    const { tripAcceptedAt } = await order.truckIs(({ tripStatus }) => tripStatus === 'completed');
    expect(tripAcceptedAt).not.toBeNull();
    expect(await order.ends()).toBe('completed');
    const { state, offers } = await order.seen();
    expect(state).toBe('delivered');
    expect(offers.map((offer) => offer.state)).toContain('confirmed');
  },
  declined: async (order) => {
    expect(await order.ends()).toBe('expired');
    const { declined, accepted } = await order.search();
    expect(declined).toBeGreaterThan(0);
    expect(accepted).toBe(0);
  },
  'not answered': async (order) => {
    expect(await order.ends()).toBe('expired');
    const { seen, declined, accepted } = await order.search();
    expect(seen).toBeGreaterThan(0);
    expect({ declined, accepted }).toEqual({ declined: 0, accepted: 0 });
  },
  dropped: async (order) => {
    await order.truckIs(({ tripAcceptedAt }) => tripAcceptedAt !== null);
    expect(await order.ends()).toBe('expired');
    expect((await look()).counts.dropped).toBeGreaterThan(0);
    const { accepted } = await order.search();
    expect(accepted).toBeGreaterThan(0);
  },
  late: async (order) => {
    const driving = ['en_route_pickup', 'at_pickup', 'loading_complete', 'in_transit'];
    const { tripAcceptedAt, seenAt } = await order.truckIs(({ tripStatus }) =>
      driving.includes(tripStatus ?? ''),
    );
    expect(seenAt - Date.parse(tripAcceptedAt ?? '')).toBeGreaterThan(lateSeconds * 1000);
  },
  'network lost': async (order) => {
    const { tripId } = await order.truckIs(({ tripStatus }) => tripStatus === 'in_transit');
    const positionIs = (isStale: boolean) =>
      vi.waitFor(async () => {
        const seen = await order.get<Seen>(`/api/v1/tracking/${tripId}`);
        if (seen.isStale !== isStale) throw new Error(`${order.phone}: ${JSON.stringify(seen)}`);
        return seen;
      }, patience);
    const fresh = await positionIs(false);
    expect(fresh.staleSince).toBeNull();
    // The customer goes on seeing where the truck was last, and since when nothing is known.
    const stale = await positionIs(true);
    expect(stale.staleSince).toBe(stale.lastUpdated);
    expect(stale).toMatchObject({ status: 'in_transit' });
    // The phone has its network again, and sends what it has missed.
    const back = await positionIs(false);
    expect(Date.parse(back.lastUpdated)).toBeGreaterThan(Date.parse(stale.lastUpdated));
    expect(back.staleSince).toBeNull();
  },
};
/** By the end of their numbers: first what lasts longest, a silence of a minute and a half, then whole searches. */
const endings = [
  ['60', 'network lost'],
  ['20', 'declined'],
  ['30', 'not answered'],
  ['50', 'late'],
  ['10', 'taken at once'],
  ['40', 'dropped'],
] as const;

interface Tried {
  readonly order: Placed;
  /** What was not as the number means it; nothing, if all was. */
  readonly failure: Promise<string | undefined>;
}

/** One after the other until each is taken, so that no order takes the truck that stands beside another one. */
async function placeAll(): Promise<readonly Tried[]> {
  const tried: Tried[] = [];
  for (const [ending, meaning] of endings) {
    const { trucks } = await look();
    const near = trucks.find(
      ({ kind, state }) => kind === 'Mini Truck - Tata Ace' && state === 'free',
    );
    if (!near) throw new Error(`No truck is free: ${JSON.stringify(trucks)}`);
    const order = await place(`98765432${ending}`, near);
    const failure = meanings[meaning](order).then(
      () => undefined,
      (error: unknown) => `${meaning}: ${String(error)}`,
    );
    tried.push({ order, failure });
    if (meaning === 'declined' || meaning === 'not answered') continue;
    await order.truckIs(({ tripId }) => tripId !== null);
  }
  return tried;
}

test('takes, drives and delivers an order of plain HTTP calls, and does what a number means', async () => {
  const tried = await placeAll();
  const failures = await Promise.all(tried.map(({ failure }) => failure));
  expect(failures.filter((each) => each !== undefined)).toEqual([]);
  const seen = await Promise.all(tried.map(({ order }) => order.seen()));
  expect(seen.map(({ meaning }) => meaning)).toEqual(endings.map(([, meaning]) => meaning));
  expect((await look()).problems).toEqual([]);
}, 240_000);

test('the map shows it so, on a phone, and asks nobody else', async () => {
  const { orders } = await look();
  const delivered = orders.find(({ meaning }) => meaning === 'taken at once');
  expect(delivered?.state).toBe('delivered');
  const row = page.getByRole('button', { name: '98xxxxxx10' });
  await expect.poll(() => row.innerText()).toMatch(/^Delivered/);
  expect(await row.innerText()).toContain('1 of 1 trucks');
  expect(await page.getByRole('heading').innerText()).toBe('Noida');
  expect(await page.locator('#online').innerText()).toContain('16 of 16 captains online');
  expect(Number(await page.locator('#count-delivered').innerText())).toBeGreaterThan(0);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  // A keyboard reaches the orders, and what has the focus is seen.
  await row.focus();
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.textContent')).toContain('98xxxxxx10');
  expect(await page.evaluate(paintedShare)).toBeGreaterThan(0);
  const swatches = await page.evaluate<string[]>(swatchesOfLegend);
  expect(swatches).toHaveLength(6);
  expect(new Set(swatches).size).toBe(6);
  expect(await layoutShiftOf(page)).toBeLessThan(0.1);
  expect([...requested]).toEqual([stage.origin]);
  expect(complaints).toEqual([]);
  // A page that jumps would have been found.
  await page.evaluate(jumpLater);
  await expect.poll(() => layoutShiftOf(page)).toBeGreaterThan(0.1);
});

/** A second after the keys, which excuse what shifts at once. It runs in the browser. */
const jumpLater = `setTimeout(() => { document.body.style.marginTop = '300px'; }, 1000)`;

/** How many pixels of the canvas of what moves are painted. It runs in the browser. */
const paintedShare = `(() => {
  const canvas = document.querySelector('#moving');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let painted = 0;
  for (let at = 3; at < data.length; at += 4) if (data[at] > 0) painted += 1;
  return painted;
})()`;

/** The colours in the legend. It runs in the browser. */
const swatchesOfLegend = `[...document.querySelectorAll('#legend li')]
  .map((item) => getComputedStyle(item, '::before').backgroundColor)
  .filter((colour) => colour !== 'rgba(0, 0, 0, 0)')`;

test('the map moves for who likes it so', async () => {
  const moving = await browser.newPage({ viewport: phone });
  await moving.goto(`${stage.origin}/_dev/map`);
  await expect.poll(() => moving.evaluate(paintedShare)).toBeGreaterThan(0);
  const drawn = await moving.evaluate(picturesInASecond);
  expect(drawn).toBeGreaterThan(2);
  expect(drawn).toBeLessThan(40);
  await moving.close();
});

/** How often the canvas of what moves is drawn anew in a second. It runs in the browser. */
const picturesInASecond = `new Promise((resolve) => {
  const context = document.querySelector('#moving').getContext('2d');
  const clear = context.clearRect.bind(context);
  let pictures = 0;
  context.clearRect = (...area) => { pictures += 1; clear(...area); };
  setTimeout(() => resolve(pictures), 1000);
})`;

test('the origin says where to look, to people and to programs', async () => {
  const html = await fetch(stage.origin, { headers: { accept: 'text/html' } });
  expect(await html.text()).toContain('href="/_dev/map"');
  const json = await fetch(stage.origin, { headers: { accept: 'application/json' } });
  expect(await json.json()).toMatchObject({ map: '/_dev/map', docs: '/docs' });
});

test('the log has no line of the city but its own, and a second start makes nobody anew', async () => {
  const lines = stage.output.filter((line) => line.includes('requestId=city-'));
  expect(lines.filter((line) => line.includes(' INFO '))).toEqual([]);
  const before = await look();
  await stage.stop();
  stage = await startLiveStage(folder, args);
  const after = await look();
  expect(after.trucks.map(({ number }) => number).toSorted()).toEqual(
    before.trucks.map(({ number }) => number).toSorted(),
  );
  const answer = await fetch(`${stage.origin}/_dev/messages`);
  expect(await answer.json()).toEqual({ messages: [] });
}, 240_000);
