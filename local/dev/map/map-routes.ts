import type { DevRoute, Reply } from '../visit.ts';
import { bundled } from './build.ts';

/** Everything comes from here, and nothing runs that stands in the page itself. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const counters = [
  ['orders', 'Orders'],
  ['offers', 'Offers'],
  ['declined', 'Declined'],
  ['holds', 'Holds'],
  ['assigned', 'Assigned'],
  ['dropped', 'Dropped'],
  ['delivered', 'Delivered'],
  ['notFound', 'Not found'],
]
  .map(([id, name]) => `<div><dt>${name}</dt><dd id="count-${id}">0</dd></div>`)
  .join('');

/** What the colours of the map mean; the names are those of its palette. */
const legend = [
  ['captain', 'a captain at home'],
  ['order', 'a pickup, and who was asked'],
  ['held', 'held by a captain'],
  ['truck', 'a truck on its way'],
  ['drop', 'a drop'],
  ['done', 'delivered'],
]
  .map(([colour, meaning]) => `<li data-colour="${colour}">${meaning}</li>`)
  .join('');

const PAGE = `<!doctype html>
<html lang="en-IN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The city: Weelo on this machine</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/_dev/map/page.css">
<script src="/_dev/map/main.js" defer></script>
</head>
<body>
<div id="map" role="region" aria-label="Map of the city"></div>
<main>
<header><h1 id="city">The city</h1><p id="online">Nobody is online</p></header>
<dl>${counters}</dl>
<p id="notice" role="status">The map needs JavaScript.</p>
<ul id="orders" aria-label="Orders, the newest first" tabindex="-1"></ul>
<ul id="legend" aria-label="The colours of the map">${legend}</ul>
<footer>No roads and no borders are shown. Rivers and coasts: Natural Earth. Places: GeoNames (CC BY 4.0) and the
Department of Posts, India. Drawn with Leaflet. <a href="/">Where to look else</a></footer>
</main>
</body>
</html>
`;

/** `/_dev/map`: what the people of the city see, on a map. It needs no network. */
export function mapRoutes(): readonly [string, DevRoute][] {
  const [script, style] = [bundled('main.ts'), bundled('page.css')];
  const headers = { 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer' };
  return [
    ['GET /_dev/map', () => text(PAGE, 'text/html', headers)],
    ['GET /_dev/map/main.js', async () => text(await script(), 'text/javascript')],
    ['GET /_dev/map/page.css', async () => text(await style(), 'text/css')],
  ];
}

const text = (body: string, type: string, more: Readonly<Record<string, string>> = {}): Reply => ({
  status: 200,
  headers: { 'content-type': `${type}; charset=utf-8`, ...more },
  body,
});
