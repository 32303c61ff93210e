import { escaped, page } from './page.ts';
import { jsonReply, type DevRoute, type Reply } from './visit.ts';

const places = [
  ['map', '/_dev/map', 'The map of the city: npm start -- --city noida fills it with captains'],
  ['docs', '/docs', 'The API reference; /docs/realtime is about sockets'],
  [
    'messages',
    '/_dev/messages',
    'SMS and push messages that would have been sent: login codes, too',
  ],
  ['status', '/_dev/status', 'The parts that run, and how each function fares'],
  ['events', '/_dev/events', 'What other systems are told, on the event bus'],
  ['health', '/health', 'Every part, by name'],
] as const;

/** `/`: where to look. JSON for who asks for JSON. */
export const homeRoute: readonly [string, DevRoute] = [
  'GET /',
  ({ headers: { accept = '' } }): Reply =>
    accept.includes('application/json') && !accept.includes('text/html')
      ? jsonReply(Object.fromEntries(places))
      : {
          status: 200,
          headers: {
            'content-type': 'text/html; charset=utf-8',
            'content-security-policy': "default-src 'none'; style-src 'self'; img-src data:",
          },
          body: HOME,
        },
];

const items = places.map(
  ([, path, about]) => `<li><a href="${path}">${path}</a> ${escaped(about)}</li>`,
);

const HOME = page({
  title: 'Weelo on this machine',
  styles: ['/docs/pages.css'],
  scripts: [],
  body: `<main class="realtime"><h1>Weelo on this machine</h1><ul>${items.join('\n')}</ul></main>`,
});
