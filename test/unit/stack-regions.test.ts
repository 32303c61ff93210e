import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { regionsIn, synthesizedIn } from '../../tools/diff/templates.ts';
import { stageNamed } from '../../lib/parts/stages.ts';
import { synthesizeWeelo } from '../../lib/weelo-app.ts';

const stage = stageNamed('prod', { alarmsTo: 'operators@example.com' });
const { directory } = synthesizeWeelo({ stage, bundle: false });
afterAll(() => rmSync(directory, { recursive: true }));

test('each stack is compared in its own region', () => {
  const regions = regionsIn(directory);
  const stacks = [...synthesizedIn(directory).keys()].map((name) => [name, regions.get(name)]);
  expect(stacks).toEqual([
    ['weelo-prod-data', 'ap-south-1'],
    ['weelo-prod-service', 'ap-south-1'],
    ['weelo-prod-edge', 'us-east-1'],
  ]);
});
