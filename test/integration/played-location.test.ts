import {
  GeocodeCommand,
  GeoPlacesClient,
  GetPlaceCommand,
  ReverseGeocodeCommand,
  SearchTextCommand,
  SuggestCommand,
} from '@aws-sdk/client-geo-places';
import { CalculateRoutesCommand, GeoRoutesClient } from '@aws-sdk/client-geo-routes';
import { describe, expect, test } from 'vitest';
import { reachOutside } from '../../packages/local-cloud/test/reach-outside.ts';
import { playLocation } from '../support/location/play-location.ts';

const start = new Date('2026-01-02T03:04:05.000Z');
const { asked, client } = await reachOutside(
  () => start,
  playLocation(() => start),
);

describe('Location: places', () => {
  const places = () => new GeoPlacesClient(client);
  const BiasPosition = [77.5946, 12.9716];

  test('an address is searched, suggested, and looked up by its id', async () => {
    const suggested = await places().send(
      new SuggestCommand({ QueryText: 'koram', BiasPosition, AdditionalFeatures: ['Core'] }),
    );
    const [suggestion] = suggested.ResultItems ?? [];
    expect(suggestion).toMatchObject({
      Title: 'Koramangala, Bengaluru, Karnataka, India',
      SuggestResultItemType: 'Place',
      Place: { PlaceType: 'District', Position: [77.6245, 12.9352] },
    });
    const PlaceId = suggestion?.Place?.PlaceId ?? '';
    const place = await places().send(new GetPlaceCommand({ PlaceId }));
    expect(place).toMatchObject({
      PricingBucket: 'Core',
      Position: [77.6245, 12.9352],
      Address: { Locality: 'Bengaluru', PostalCode: '560034', Country: { Code3: 'IND' } },
    });
    const found = await places().send(
      new SearchTextCommand({ QueryText: 'Koramangala', BiasPosition, MaxResults: 5 }),
    );
    expect(found.ResultItems).toEqual([
      expect.objectContaining({ PlaceId, Distance: expect.any(Number) }),
    ]);
    expect(asked[0]).toEqual({
      action: 'geo-places:SearchText',
      resource: 'arn:aws:geo-places:ap-south-1::provider/default',
    });
  });

  test('suggestions have no position unless the feature Core was asked for', async () => {
    const input = { QueryText: 'koram', BiasPosition };
    const { ResultItems } = await places().send(new SuggestCommand(input));
    expect(ResultItems?.[0]?.Place).toEqual({
      PlaceId: expect.any(String),
      PlaceType: 'District',
    });
  });

  test('an address has a position, and a position an address', async () => {
    const { ResultItems } = await places().send(
      new GeocodeCommand({ QueryText: 'Okhla Industrial Area, New Delhi' }),
    );
    expect(ResultItems?.[0]).toMatchObject({
      Position: [77.2725, 28.5355],
      MatchScores: { Overall: 1 },
    });
    const QueryPosition = [77.27, 28.53];
    const reverse = await places().send(new ReverseGeocodeCommand({ QueryPosition }));
    expect(reverse.ResultItems).toHaveLength(1);
    expect(reverse.ResultItems?.[0]?.Address?.Label).toBe(
      'Okhla Industrial Area, Okhla, New Delhi 110020, Delhi, India',
    );
    const sea = await places().send(new ReverseGeocodeCommand({ QueryPosition: [60, 0] }));
    expect(sea.ResultItems).toEqual([]);
  });

  test.each([
    ['latitude before longitude', new ReverseGeocodeCommand({ QueryPosition: [12.97, 177.59] })],
    ['half a position', new ReverseGeocodeCommand({ QueryPosition: [77] })],
    ['a search that says nowhere', new SearchTextCommand({ QueryText: 'x' })],
    ['too many results', new GeocodeCommand({ QueryText: 'x', MaxResults: 101 })],
    ['an empty query', new GeocodeCommand({ QueryText: '' })],
    ['an id of nothing', new GetPlaceCommand({ PlaceId: 'nothing' })],
  ])('%s is refused', async (_, command) => {
    await expect(places().send(command as GeocodeCommand)).rejects.toMatchObject({
      name: 'ValidationException',
      Reason: 'FieldValidationFailed',
      FieldList: [expect.objectContaining({ Message: expect.any(String) })],
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('the error names what is missing', async () => {
    const input = { QueryPosition: undefined };
    await expect(places().send(new ReverseGeocodeCommand(input))).rejects.toMatchObject({
      Reason: 'Missing',
      FieldList: [expect.objectContaining({ Name: 'QueryPosition' })],
    });
  });
});

describe('Location: routes', () => {
  const routes = () => new GeoRoutesClient(client);
  const Origin = [77.6101, 12.9756];
  const Destination = [77.75, 12.9698];

  test('a route has a length and a duration that roads could have', async () => {
    const input = { Origin, Destination, TravelMode: 'Truck' } as const;
    const { Routes, LegGeometryFormat } = await routes().send(new CalculateRoutesCommand(input));
    const [route] = Routes ?? [];
    // 15.2 km over the great circle.
    expect(route?.Summary?.Distance).toBeGreaterThan(15_200 * 1.2);
    expect(route?.Summary?.Distance).toBeLessThan(15_200 * 1.4);
    expect((route?.Summary?.Duration ?? 0) / 60).toBeGreaterThan(30);
    expect(route?.Legs).toHaveLength(1);
    expect(LegGeometryFormat).toBe('FlexiblePolyline');
    expect(route?.Legs?.[0]?.Geometry?.Polyline).toMatch(/^BF/);
    const car = await routes().send(new CalculateRoutesCommand({ Origin, Destination }));
    expect(car.Routes?.[0]?.Summary?.Distance).toBe(route?.Summary?.Distance);
    expect(car.Routes?.[0]?.Summary?.Duration).toBeLessThan(route?.Summary?.Duration ?? 0);
  });

  test('a route over waypoints has a leg for each, one after the other', async () => {
    const { Routes } = await routes().send(
      new CalculateRoutesCommand({
        Origin,
        Destination,
        Waypoints: [{ Position: [77.6603, 12.8452] }],
        LegGeometryFormat: 'Simple',
        DepartNow: true,
      }),
    );
    const [route] = Routes ?? [];
    const legs = (route?.Legs ?? []).map(({ VehicleLegDetails: details, Geometry }) => ({
      line: Geometry?.LineString,
      from: details?.Departure?.Time,
      to: details?.Arrival?.Time,
      distance: details?.Summary?.Overview?.Distance ?? 0,
    }));
    expect(legs).toHaveLength(2);
    expect(legs[0]?.from).toBe(start.toISOString());
    expect(legs[1]?.from).toBe(legs[0]?.to);
    const seconds = (Date.parse(legs[1]?.to ?? '') - start.getTime()) / 1000;
    expect(seconds).toBe(route?.Summary?.Duration);
    expect(seconds).toBeGreaterThan(0);
    expect(legs[0]?.line?.[0]).toEqual(Origin);
    expect(legs[0]?.line?.at(-1)).toEqual([77.6603, 12.8452]);
    expect(legs[1]?.line?.at(-1)).toEqual(Destination);
    expect(legs.reduce((sum, { distance }) => sum + distance, 0)).toBe(route?.Summary?.Distance);
  });

  test('bad points are refused', async () => {
    const input = { Origin: [77, 91], Destination };
    await expect(routes().send(new CalculateRoutesCommand(input))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('Origin'),
    });
  });
});
