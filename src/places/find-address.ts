import { FoundAddress } from '../contract/http/places/routes.ts';
import { askPlaces, type PlacesDeps } from './ask-places.ts';
import { roundedTo, written, type Position } from './position.ts';

const Address = FoundAddress.omit({ latitude: true, longitude: true });

/** The address of a position. If no address is known, its coordinates are the address. */
export async function findAddress(
  { latitude, longitude }: Position,
  deps: PlacesDeps,
): Promise<FoundAddress> {
  const position = roundedTo(4)({ latitude, longitude });
  const { answer } = await askPlaces(deps, {
    operation: 'reverse',
    about: written(position),
    answer: Address,
    ask: (source) => source.findAddress(position),
  });
  if (!answer) throw new Error('No source had an address, not even the one that always has');
  return { latitude, longitude, ...answer };
}
