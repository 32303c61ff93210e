import type { CityView } from '../../../../city/live/view.ts';
import type { NamedPlace } from '../../../../src/trips/sharing/page/nearby-places.ts';
import { openChart, type Chart } from './chart.ts';
import { drawLand } from './draw-land.ts';
import { drawScene } from './draw-scene.ts';
import { Memory } from './memory.ts';
import { lendToStyles, onDayOrNight } from './palette.ts';
import { Panel } from './panel.ts';

/** Our own server wrote both: what is in them need not be checked again. */
const isCity = (told: unknown): told is CityView =>
  typeof told === 'object' && told !== null && 'captains' in told;
const hasPlaces = (told: unknown): told is { readonly places: readonly NamedPlace[] } =>
  typeof told === 'object' && told !== null && 'places' in told;

const askMs = 1000;
const patienceMs = 5000;
/** Who wants little motion gets a new picture as often as there is news. */
const lively = !matchMedia('(prefers-reduced-motion: reduce)').matches;

const element = document.getElementById('map');
if (!element) throw new Error('The page has no map');
const chart = openChart(element);
const memory = new Memory();
let names: readonly NamedPlace[] = [];
let isShown = false;

const panel = new Panel(({ pickup, drop }) => chart.show([pickup, drop]));
const drawBase = () => drawLand(chart, names);
chart.map.on('move zoom resize', drawBase);
chart.map.on('move zoom resize', draw);
onDayOrNight(drawBase);
onDayOrNight(lendToStyles);

function draw(): void {
  drawScene(chart, memory, performance.now(), lively);
}

async function told(path: string): Promise<unknown> {
  const signal = AbortSignal.timeout(patienceMs);
  const response = await fetch(path, { cache: 'no-store', signal });
  return response.json();
}

/** The whole city, once it is known; from then on the visitor says what is seen. */
async function open(view: CityView, on: Chart): Promise<void> {
  isShown = true;
  on.show(view.captains);
  const answer = await told('/_dev/city/places');
  if (hasPlaces(answer)) ({ places: names } = answer);
  drawBase();
}

async function ask(): Promise<void> {
  try {
    const view = await told('/_dev/city');
    if (isCity(view)) {
      memory.accept(view, performance.now());
      panel.show(view);
      if (!isShown) await open(view, chart);
    } else panel.notice('No city lives in this stage. Start one: npm start -- --city noida');
    if (!lively) draw();
  } catch {
    panel.notice('The stage does not answer. This page goes on asking.');
  }
  setTimeout(() => void ask(), askMs);
}

/** Thirty pictures a second are smooth, and leave the processor to the stage. */
const leastMs = 30;
let drawnAt = 0;

function drawAgain(now: number): void {
  if (now - drawnAt >= leastMs) {
    drawnAt = now;
    draw();
  }
  requestAnimationFrame(drawAgain);
}

lendToStyles();
drawBase();
void ask();
if (lively) requestAnimationFrame(drawAgain);
