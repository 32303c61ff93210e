import type { WatchedOrder } from '../../../contract/http/sharing/views.ts';
import type { NamedPlace } from './nearby-places.ts';
import { asOfWords, bareTitle, titleOf, waitingWords, wordsOf, type TruckWords } from './words.ts';

/** What the page shows: an order on a map, or one sentence. */
export type Shown =
  | { readonly order: WatchedOrder; readonly places: readonly NamedPlace[] }
  | { readonly text: string; readonly asksAgain: boolean };

interface Parts {
  readonly style: string;
  readonly script: string;
}

/** Whatever somebody typed as a name is shown as it is, and is never markup. */
const escaped = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** Data for the script. Without a `<`, nothing in it can end the element that it stands in. */
const asData = (data: Shown) => JSON.stringify(data).replaceAll('<', String.raw`\u003c`);

/** In seconds. */
const again = '<meta http-equiv="refresh" content="30">';

/** Writes the whole page. It says everything without its script too, except the map. */
export function writeDocument(shown: Shown, { style, script }: Parts): string {
  const isOver = 'text' in shown;
  const title = isOver ? bareTitle : titleOf(shown.order);
  return `<!doctype html>
<html lang="en-IN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${style}</style>
${isOver ? (shown.asksAgain ? again : '') : `<noscript>${again}</noscript>`}
</head>
<body>
<header><p>Weelo</p><h1>${escaped(title)}</h1></header>
${isOver ? `<main><p id="notice">${escaped(shown.text)}</p></main>` : orderPart(shown.order)}
${isOver ? '' : `<script type="application/json" id="shown">${asData(shown)}</script>\n<script>${script}</script>`}
</body>
</html>
`;
}

function orderPart(order: WatchedOrder): string {
  return `<main>
<p id="notice" role="status"></p>
<ul id="trucks" aria-label="Trucks" aria-live="polite">${wordsOf(order).map(truckPart).join('')}</ul>
<p id="waiting">${escaped(waitingWords(order))}</p>
<p id="as-of">${escaped(asOfWords(order))}</p>
<div id="map" role="region" aria-label="Map of the trip"></div>
<noscript><p>The map needs JavaScript. Without it, this page is loaded again every 30 seconds.</p></noscript>
</main>
<footer>No roads and no borders are shown; the dashed line is the straight way. Coasts and rivers: Natural Earth.
Places: GeoNames (CC BY 4.0) and the Department of Posts, India. Drawn with Leaflet.</footer>`;
}

function truckPart({ name, status, position, arrival }: TruckWords): string {
  const lines = [status, position, arrival].map((line) => `<p>${escaped(line)}</p>`);
  return `<li><h2>${escaped(name)}</h2>${lines.join('')}</li>`;
}
