import { expect, test } from 'vitest';
import { changesBetween } from '../../tools/diff/replacements.ts';

const table = (properties: object) => ({ Type: 'AWS::DynamoDB::Table', Properties: properties });
const key = { KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] };
const deployed = {
  Resources: {
    Kept: table({ ...key, TableName: 'one' }),
    Gone: table(key),
    Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { Threshold: 1, AlarmName: 'a' } },
  },
};

test('a table that is replaced or removed is grave, and what holds no data is not', () => {
  const next = {
    Resources: {
      Kept: table({ ...key, TableName: 'two' }),
      Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { Threshold: 1, AlarmName: 'b' } },
      New: table(key),
    },
  };
  expect(changesBetween(deployed, next).map((each) => Object.values(each))).toEqual(
    expect.arrayContaining([
      ['Kept', 'AWS::DynamoDB::Table', 'WILL_REPLACE', true],
      ['Gone', 'AWS::DynamoDB::Table', 'WILL_DESTROY', true],
      ['Alarm', 'AWS::CloudWatch::Alarm', 'WILL_REPLACE', false],
      ['New', 'AWS::DynamoDB::Table', 'WILL_CREATE', false],
    ]),
  );
});

test('nothing changes where nothing is changed, and all is new where nothing is deployed', () => {
  expect(changesBetween(deployed, deployed)).toEqual([]);
  expect(changesBetween({}, deployed).every(({ impact }) => impact === 'WILL_CREATE')).toBe(true);
});
