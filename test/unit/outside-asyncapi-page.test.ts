import { expect, test } from 'vitest';
import { asyncApiPage } from '../../local/dev/asyncapi-page.ts';

const evil = '<script>alert(1)</script>';
const reference = { $ref: '#/channels/socket/messages/ping' };
const document = {
  asyncapi: '3.0.0',
  info: { title: `In real time ${evil}`, description: `Send \`ping\` ${evil}` },
  channels: { socket: { address: '/ws', messages: {} } },
  operations: {
    say: {
      action: 'receive',
      summary: 'Say it',
      messages: [reference],
      reply: { messages: [reference] },
    },
  },
  components: {
    messages: {
      ping: {
        summary: 'Alive?',
        payload: {
          type: 'object',
          required: ['action'],
          properties: {
            action: { const: 'ping' },
            kind: { enum: ['a', 'b'], description: evil },
            where: { $ref: '#/components/schemas/Place' },
          },
        },
      },
    },
  },
};

test('a page says who says what, and what the messages look like', () => {
  const html = asyncApiPage(document);
  expect(html).toContain(
    '<b>client</b> <a href="#ping"><code>ping</code></a> <span>answered by</span>',
  );
  expect(html).toContain('<code>action</code></td><td>&quot;ping&quot;</td><td>required</td>');
  expect(html).toContain('<td>&quot;a&quot; | &quot;b&quot;</td>');
  expect(html).toContain('<td>Place</td>');
  expect(html).toContain('Send <code>ping</code>');
});

test('no markup of the document becomes markup of the page', () => {
  expect(asyncApiPage(document)).not.toContain('<script');
});

test('what is no AsyncAPI document is refused', () => {
  expect(() => asyncApiPage({ openapi: '3.1.0' })).toThrow('info');
});
