import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { httpFunction } from '../../functions/edge/http/http-function.ts';
import { AppError } from '../../src/contract/errors.ts';
import { watchOrder } from '../../src/contract/http/sharing/routes.ts';
import type { WatchedOrder } from '../../src/contract/http/sharing/views.ts';
import { answerWatcher, refusalPage } from '../../src/trips/sharing/page/show-page.ts';
import { watchView } from '../../src/trips/sharing/watch-view.ts';
import { openBrowser } from '../support/browser.ts';
import { into } from '../support/invoke.ts';
import { served } from '../support/served.ts';
import {
  eta,
  names,
  now,
  position,
  silent,
  snapshot,
  tripIds,
  truck,
} from '../support/shared-order.ts';

const onTheRoad = watchView(
  snapshot(truck()),
  names,
  { positions: [position()], etas: { [tripIds[0]]: eta() } },
  now,
);
const gone = watchView(snapshot(truck()), names, { positions: [position(silent)], etas: {} }, now);
const notBegun = watchView(snapshot(truck({ tripStatus: 'pending' })), names, nothing(), now);

function nothing() {
  return { positions: [], etas: {} };
}

/** What the link shows at the moment. */
let shown: WatchedOrder | AppError = onTheRoad;
let asked = 0;
let origin: string;
let browser: Browser;
beforeAll(async () => {
  const handler = httpFunction(
    [watchOrder],
    {
      watchOrder: async ({ headers }) => {
        asked += 1;
        const answer = shown;
        return answerWatcher(
          headers.accept,
          answer instanceof AppError ? Promise.reject(answer) : Promise.resolve(answer),
        );
      },
    },
    {
      isFromEdge: undefined,
      countCall: async (_, { limit }) => ({ allowed: true, limit, remaining: limit, resetMs: 1 }),
      refusalPage,
    },
  );
  origin = await served(into(handler), (path) => ({
    routeKey: 'GET /t/{token}',
    params: { token: path.slice('/t/'.length) },
  }));
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** What the browser refused, missed, or failed in. */
const complaints: string[] = [];
const requested: string[] = [];
let page: Page;

async function phone(more: { readonly javaScriptEnabled?: boolean } = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 360, height: 640 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    ...more,
  });
  const opened = await context.newPage();
  opened.setDefaultTimeout(10_000);
  opened.on('console', (said) => {
    if (said.type() === 'error') complaints.push(said.text());
  });
  opened.on('pageerror', (error) => complaints.push(String(error)));
  opened.on('request', (request) => requested.push(request.url()));
  return opened;
}

beforeEach(async () => {
  shown = onTheRoad;
  complaints.length = 0;
  requested.length = 0;
  page = await phone();
  await page.clock.install({ time: now });
});
afterEach(() => page.context().close());

const open = async (on = page) => on.goto(`${origin}/t/some-token`);
/** What a reader can see. */
const text = (on = page) => on.locator('main').innerText();
/** The page asks again ten seconds after each answer. */
const tenSecondsLater = () => page.clock.runFor(10_000);

test('shows where the truck is, and when it arrives, on a phone', async () => {
  const response = await open();
  expect(response?.status()).toBe(200);
  expect(await page.title()).toBe(
    "Asha's delivery: Sector 18, Noida to Connaught Place, New Delhi",
  );
  const said = await text();
  for (const words of [
    'Ramesh, KA05MX4321',
    'On the way to the drop.',
    'Position known, as of 14:05.',
    'At the drop at about 14:41, between 14:34 and 14:53.',
    'As of 14:06, Indian time.',
    'Pickup',
    'Drop',
    // Named on the map, as the gazetteer has them.
    'Defence Colony',
  ]) {
    expect(said).toContain(words);
  }
  expect(said).not.toContain('JavaScript');
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  const map = await page.locator('#map').boundingBox();
  expect(map?.height).toBeGreaterThan(250);
  expect((map?.y ?? 640) + 200).toBeLessThan(640);
  if (process.env['WRITE_SCREENSHOT']) await page.screenshot({ path: 'docs/share-page.png' });

  await tenSecondsLater();
  await expect.poll(() => requested.length).toBe(2);
  // Nothing is asked of anybody else, and nothing was refused.
  expect(new Set(requested)).toEqual(new Set([`${origin}/t/some-token`]));
  expect(complaints).toEqual([]);
});

test('moves the truck when it has moved', async () => {
  await open();
  const truckAt = () => page.locator('.leaflet-tooltip.truck').boundingBox();
  const before = await truckAt();
  const moved = position({ latitude: 28.6, longitude: 77.25 });
  shown = watchView(snapshot(truck()), names, { ...nothing(), positions: [moved] }, now);
  await tenSecondsLater();
  await expect.poll(async () => (await truckAt())?.x).toBeLessThan((before?.x ?? 0) - 20);
  expect(await text()).toContain('When it arrives is not known.');
});

test('says within ten seconds since when nothing is known, and why', async () => {
  await open();
  shown = gone;
  await tenSecondsLater();
  await expect
    .poll(() => text())
    .toContain("No position since 14:04. The driver's phone has a poor network.");
});

test('says that a trip has not begun, and who drives when it has', async () => {
  shown = notBegun;
  await open();
  expect(await text()).toContain('The trip has not begun.');
  expect(await text()).not.toContain('Ramesh');
  shown = onTheRoad;
  await tenSecondsLater();
  await expect.poll(() => text()).toContain('Ramesh, KA05MX4321');
  expect(await text()).not.toContain('has not begun');
});

describe('the end', () => {
  const isOver = async (words: string) => {
    await expect.poll(() => text()).toContain(words);
    // Nor is anything left where a reader does not look: the title, the data of the script, the map.
    const whole = (await page.content()).replaceAll(/<(script|style)>[\s\S]*?<\/\1>/g, '');
    for (const secret of [
      'Asha',
      'Ramesh',
      'KA05MX4321',
      '14:0',
      'Sector 18',
      'Connaught',
      'Defence Colony',
      '28.5',
      '77.3',
    ]) {
      expect(whole).not.toContain(secret);
    }
    expect(await page.title()).toBe('A delivery with Weelo');
    expect(await page.locator('h1').innerText()).toBe('A delivery with Weelo');
    const before = asked;
    await page.clock.runFor(120_000);
    expect(asked).toBe(before);
  };

  test('is shown, with nothing of the trip, and nothing is asked any more', async () => {
    await open();
    shown = new AppError('TRIP_ENDED');
    await tenSecondsLater();
    await isOver('This trip has ended.');
  });

  test('comes also when the link is revoked', async () => {
    await open();
    shown = new AppError('NOT_FOUND');
    await tenSecondsLater();
    await isOver('This link is not known.');
  });

  test.each([
    ['TRIP_ENDED', 410, 'This trip has ended.'],
    ['NOT_FOUND', 404, 'This link is not known.'],
  ] as const)('is a page of its own for who comes later: %s', async (code, status, words) => {
    shown = new AppError(code);
    const response = await open();
    expect(response?.status()).toBe(status);
    await isOver(words);
  });
});

test('says that Weelo cannot be reached, keeps what it knows, and goes on', async () => {
  await open();
  shown = new AppError('SERVICE_UNAVAILABLE');
  await tenSecondsLater();
  await expect.poll(() => text()).toContain('No news since 14:06: Weelo cannot be reached.');
  expect(await text()).toContain('Ramesh, KA05MX4321');
  shown = gone;
  await tenSecondsLater();
  await expect.poll(() => text()).toContain('No position since 14:04.');
  expect(await text()).not.toContain('cannot be reached');
});

describe('what somebody typed as a name', () => {
  const nasty = `<img/src=x/onerror="hacked=1">&amp;</script><script>hacked=1</script>`;

  test('is shown as it is, and never runs', async () => {
    const requests = truck({ assignedDriverName: nasty, assignedVehicleNumber: nasty });
    const tracked = { ...nothing(), positions: [position()] };
    const places = { pickup: nasty, drop: nasty };
    const { order, ...rest } = snapshot(requests);
    const asNamed = { ...rest, order: { ...order, customerName: nasty } };
    shown = watchView(asNamed, places, tracked, now);
    await open();
    await tenSecondsLater();
    await expect.poll(() => requested.length).toBe(2);
    expect(await text()).toContain(`${nasty}, ${nasty}`);
    expect(await page.locator('.leaflet-tooltip.truck').innerText()).toBe(nasty);
    expect(await page.title()).toContain(nasty);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate('typeof hacked')).toBe('undefined');
    expect(complaints).toEqual([]);
  });

  test('would not run, even if it became markup', async () => {
    await open();
    await page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'hacked = 1';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="hacked = 1">');
    }`);
    await expect.poll(() => complaints.join()).toMatch(/Content Security Policy/);
    expect(await page.evaluate('typeof hacked')).toBe('undefined');
  });
});

test('says everything but the map without JavaScript', async () => {
  const plain = await phone({ javaScriptEnabled: false });
  await open(plain);
  const said = await text(plain);
  for (const words of ['Ramesh, KA05MX4321', 'Position known, as of 14:05.', 'needs JavaScript']) {
    expect(said).toContain(words);
  }
  await plain.context().close();
});

test('can be read by everybody: names for its parts, and contrast', async () => {
  shown = gone;
  await open();
  expect(await page.locator('html').getAttribute('lang')).toBe('en-IN');
  for (const [role, name] of [
    ['region', 'Map of the trip'],
    ['list', 'Trucks'],
    ['button', 'Zoom in'],
  ] as const) {
    expect(await page.getByRole(role, { name }).count()).toBe(1);
  }
  expect(await page.evaluate(paleTexts)).toEqual([]);
  // It would find a text that is too pale.
  await page.evaluate(`document.querySelector('#as-of').style.color = '#999999'`);
  expect(await page.evaluate(paleTexts)).toEqual(['As of 14:06, Indian time.']);
});

/** Texts that have less contrast to what is behind them than 4.5 to 1 (WCAG 2.2, AA). It runs in the browser. */
const paleTexts = String.raw`
  const partsOf = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const light = (colour) => {
    const [red, green, blue] = colour.map((each) => {
      const share = each / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [red, green, blue, opacity = 1] = partsOf(getComputedStyle(at).backgroundColor);
      if (opacity > 0) return [red, green, blue];
    }
    return [255, 255, 255];
  };
  [...document.querySelectorAll('p, h1, h2, footer, span, a')]
    .filter((each) => each.textContent && each.checkVisibility())
    .filter((each) => {
      const lights = [light(partsOf(getComputedStyle(each).color)), light(behind(each))];
      return (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05) < 4.5;
    })
    .map((each) => each.textContent);
`;
