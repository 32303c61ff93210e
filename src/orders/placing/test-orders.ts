import { AppError, type ErrorDetail } from '../../contract/errors.ts';
import type { NewOrder } from '../../contract/http/orders/views.ts';
import { isInTestSea } from '../../contract/test-numbers.ts';

/** An order of a test number must lie at sea, out of every wave's reach: no transporter shall ever be offered one. */
export function refuseTestsAshore({ pickup, drop, routePoints = [] }: NewOrder): void {
  const places = [
    { path: 'pickup', place: pickup },
    { path: 'drop', place: drop },
    ...routePoints.map((place, i) => ({ path: `routePoints.${i}`, place })),
  ];
  const details = places.flatMap(({ path, place }): ErrorDetail[] =>
    isInTestSea(place) ? [] : [{ path, message: 'An order of a test number must lie at sea' }],
  );
  if (details.length > 0) throw new AppError('VALIDATION_ERROR', { details });
}
