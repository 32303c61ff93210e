import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { asyncApiPage } from './asyncapi-page.ts';
import { page } from './page.ts';
import { jsonReply, Misuse, type DevRoute, type Reply } from './visit.ts';

/** Paths of the generated documents. They are read anew for each visit. */
export interface Documents {
  readonly openapi: string;
  readonly asyncapi: string;
}

/**
 * Everything comes from here and nothing runs that stands in the page itself: the reference works without
 * a network, and a document cannot smuggle a script in. (`data:` is for the icons in the component's CSS.)
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const OpenApi = z.looseObject({ openapi: z.string(), info: z.looseObject({ title: z.string() }) });

/** `/docs`: the API reference, and `/docs/realtime`: what is said over sockets. */
export function docsRoutes({ openapi, asyncapi }: Documents): readonly [string, DevRoute][] {
  return [
    ['GET /docs', async () => html(referencePage((await openApiOf(openapi)).info.title))],
    ['GET /docs/realtime', async () => html(asyncApiPage(await documentAt(asyncapi)))],
    ['GET /docs/openapi.json', async () => jsonReply(onThisOrigin(await openApiOf(openapi)))],
    ['GET /docs/asyncapi.json', async () => jsonReply(await documentAt(asyncapi))],
    ['GET /docs/start.js', () => START],
    ['GET /docs/pages.css', () => file(join(import.meta.dirname, 'pages.css'), 'text/css')],
    ['GET /docs/swagger-ui.css', () => componentFile('swagger-ui.css', 'text/css')],
    [
      'GET /docs/swagger-ui-bundle.js',
      () => componentFile('swagger-ui-bundle.js', 'text/javascript'),
    ],
  ];
}

const referencePage = (title: string): string =>
  page({
    title,
    styles: ['/docs/swagger-ui.css', '/docs/pages.css'],
    scripts: ['/docs/swagger-ui-bundle.js', '/docs/start.js'],
    body: '<div id="reference"></div>',
  });

const swaggerUi = {
  url: '/docs/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  displayRequestDuration: true,
  // Otherwise the document would be shown to a validator on the internet.
  validatorUrl: null,
};

/** A file of its own, as the page's policy lets no script stand in the page. */
const START: Reply = {
  status: 200,
  headers: { 'content-type': 'text/javascript; charset=utf-8' },
  body: `SwaggerUIBundle(${JSON.stringify(swaggerUi)});\n`,
};

const html = (body: string): Reply => ({
  status: 200,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICY,
    'referrer-policy': 'no-referrer',
  },
  body,
});

const file = async (path: string, type: string): Promise<Reply> => ({
  status: 200,
  headers: { 'content-type': `${type}; charset=utf-8` },
  body: await readFile(path),
});

const require = createRequire(import.meta.url);

async function componentFile(name: string, type: string): Promise<Reply> {
  try {
    return await file(join(dirname(require.resolve('swagger-ui-dist/package.json')), name), type);
  } catch (cause) {
    throw new Misuse(503, `The API reference is not installed (${String(cause)}): run npm ci.`);
  }
}

async function documentAt(path: string): Promise<unknown> {
  try {
    const document: unknown = JSON.parse(await readFile(path, 'utf8'));
    return document;
  } catch (cause) {
    throw new Misuse(503, `${path} cannot be read (${String(cause)}): generate it again.`);
  }
}

const openApiOf = async (path: string) => OpenApi.parse(await documentAt(path));

/** "Try it out" goes to where the page came from, whatever the port. */
const onThisOrigin = (document: z.output<typeof OpenApi>) => ({
  ...document,
  servers: [{ url: '/', description: 'This machine' }],
});
