import * as z from 'zod';
import { escaped, page, prose } from './page.ts';

const Reference = z.object({ $ref: z.string() });
const References = z.array(Reference).default([]);

const AsyncApi = z.object({
  info: z.object({ title: z.string(), description: z.string().optional() }),
  channels: z.record(
    z.string(),
    z.object({ address: z.string().nullish(), description: z.string().optional() }),
  ),
  operations: z.record(
    z.string(),
    z.object({
      action: z.enum(['send', 'receive']),
      summary: z.string().optional(),
      messages: References,
      reply: z.object({ messages: References }).optional(),
    }),
  ),
  components: z
    .object({
      messages: z
        .record(
          z.string(),
          z.object({ summary: z.string().optional(), payload: z.unknown().optional() }),
        )
        .default({}),
    })
    .default({ messages: {} }),
});
type AsyncApi = z.output<typeof AsyncApi>;
type Message = AsyncApi['components']['messages'][string];

/** An AsyncAPI document (3.0) as a page to be read: who says what, and what each message looks like. */
export function asyncApiPage(document: unknown): string {
  const { info, channels, operations, components } = AsyncApi.parse(document);
  const body = [
    '<main class="realtime">',
    `<h1>${escaped(info.title)}</h1>`,
    paragraph(info.description),
    ...Object.values(channels).map(channelHtml),
    '<h2>Who says what</h2>',
    ...Object.values(operations).map(operationHtml),
    '<h2>Messages</h2>',
    ...Object.entries(components.messages).map(([name, message]) => messageHtml(name, message)),
    '<p><a href="/docs/asyncapi.json">The document</a></p>',
    '</main>',
  ];
  return page({
    title: info.title,
    styles: ['/docs/pages.css'],
    scripts: [],
    body: body.join('\n'),
  });
}

const paragraph = (text: string | undefined) => (text ? `<p>${prose(text)}</p>` : '');

const channelHtml = ({ address, description }: AsyncApi['channels'][string]) =>
  `<h2><code>${escaped(address ?? '')}</code></h2>\n${paragraph(description)}`;

/** The document speaks for the server: what it receives is what a client says. */
function operationHtml({ action, summary, messages, reply }: AsyncApi['operations'][string]) {
  const speaker = action === 'receive' ? 'client' : 'server';
  const answers = reply ? ` <span>answered by</span> ${links(reply.messages)}` : '';
  return `<p><b>${speaker}</b> ${links(messages)}${answers}<br>${prose(summary)}</p>`;
}

const links = (references: z.output<typeof References>) =>
  references
    .map(({ $ref }) => escaped($ref.split('/').at(-1) ?? ''))
    .map((name) => `<a href="#${name}"><code>${name}</code></a>`)
    .join(' ');

const messageHtml = (name: string, { summary, payload }: Message) => `
<section id="${escaped(name)}">
<h3><code>${escaped(name)}</code></h3>
${paragraph(summary)}
${membersHtml(payload)}
<details><summary>Schema</summary><pre>${escaped(JSON.stringify(payload ?? {}, null, 2))}</pre></details>
</section>`;

const Payload = z.object({
  required: z.array(z.string()).default([]),
  properties: z.record(z.string(), z.looseObject({ description: z.string().optional() })),
});

/** The members of an object, one line each; what is deeper stands in the schema below. */
function membersHtml(payload: unknown): string {
  const object = Payload.safeParse(payload);
  if (!object.success) return '';
  const { required, properties } = object.data;
  const rows = Object.entries(properties).map(([name, schema]) => {
    const need = required.includes(name) ? 'required' : '';
    const cells = [`<code>${escaped(name)}</code>`, escaped(kindOf(schema)), need];
    return `<tr>${[...cells, prose(schema.description)].map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  return `<table>${rows.join('\n')}</table>`;
}

const Kind = z.object({
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
});

function kindOf(schema: unknown): string {
  const kind = Kind.safeParse(schema);
  if (!kind.success) return '';
  const { const: only, enum: several, $ref, type } = kind.data;
  if (only !== undefined) return JSON.stringify(only);
  if (several) return several.map((one) => JSON.stringify(one)).join(' | ');
  return $ref?.split('/').at(-1) ?? [type ?? ''].flat().join(' | ');
}
