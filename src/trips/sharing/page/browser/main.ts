import type { WatchedOrder } from '../../../../contract/http/sharing/views.ts';
import type { NamedPlace } from '../nearby-places.ts';
import {
  asOfWords,
  bareTitle,
  endedText,
  titleOf,
  unknownText,
  unreachedWords,
  waitingWords,
  wordsOf,
} from '../words.ts';
import { drawTrip } from './draw-trip.ts';

interface Shown {
  readonly order: WatchedOrder;
  readonly places: readonly NamedPlace[];
}

/** Our own function wrote both, by the contract: what is in them need not be checked again. */
function isShown(told: unknown): told is Shown {
  return typeof told === 'object' && told !== null && 'order' in told && 'places' in told;
}
function isAnswer(told: unknown): told is { readonly data: WatchedOrder } {
  return typeof told === 'object' && told !== null && 'data' in told;
}

/** So often the page asks again, in milliseconds. */
const pause = 10_000;
const patience = 8_000;

const part = (id: string): HTMLElement => found(document.getElementById(id), id);

function found<E extends Element>(element: E | null, name: string): E {
  if (!element) throw new Error(`The page has no ${name}`);
  return element;
}

function writeTitle(title: string): void {
  document.title = title;
  write(found(document.querySelector('h1'), 'h1'), title);
}

/** A screen reader reads out what changes, so that what is the same must not be written again. */
function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function writeTrucks(order: WatchedOrder): void {
  const list = part('trucks');
  const all = wordsOf(order);
  while (list.children.length > all.length) list.lastElementChild?.remove();
  for (const [index, { name, status, position, arrival }] of all.entries()) {
    const item = list.children[index] ?? list.appendChild(emptyTruck());
    const lines = [name, status, position, arrival];
    for (const [line, text] of lines.entries()) {
      const element = item.children[line];
      if (element) write(element, text);
    }
  }
}

function emptyTruck(): HTMLElement {
  const item = document.createElement('li');
  for (const tag of ['h2', 'p', 'p', 'p']) item.append(document.createElement(tag));
  return item;
}

function begin({ order, places }: Shown): void {
  const map = drawTrip(part('map'), order, places);
  let latest = order;

  const show = (now: WatchedOrder) => {
    latest = now;
    writeTitle(titleOf(now));
    write(part('notice'), '');
    writeTrucks(now);
    write(part('waiting'), waitingWords(now));
    write(part('as-of'), asOfWords(now));
    map.move(now);
  };
  /** From here on, nothing of the trip is in the document, and nothing is asked. */
  const end = (text: string) => {
    writeTitle(bareTitle);
    write(part('notice'), text);
    for (const id of ['trucks', 'waiting', 'as-of']) part(id).replaceChildren();
    map.remove();
  };
  const askAgain = () => {
    setTimeout(() => void ask(), pause);
  };
  const ask = async (): Promise<void> => {
    const answer = await answerNow();
    if (answer === 'ended') return end(endedText);
    if (answer === 'unknown') return end(unknownText);
    if (answer === 'unreached') write(part('notice'), unreachedWords(latest, new Date()));
    else show(answer);
    askAgain();
  };
  askAgain();
}

async function answerNow(): Promise<WatchedOrder | 'ended' | 'unknown' | 'unreached'> {
  try {
    const response = await fetch(location.pathname, {
      headers: { accept: 'application/json' },
      cache: 'no-store',
      signal: AbortSignal.timeout(patience),
    });
    if (response.status === 410) return 'ended';
    if (response.status === 404) return 'unknown';
    if (!response.ok) return 'unreached';
    const told: unknown = await response.json();
    return isAnswer(told) ? told.data : 'unreached';
  } catch {
    return 'unreached';
  }
}

const data = part('shown');
const shown: unknown = JSON.parse(data.textContent ?? '');
// What is shown is said once, in words. When the trip has ended, this would still say it.
data.remove();
if (isShown(shown)) begin(shown);
