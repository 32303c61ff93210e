import { AppError } from '../../contract/errors.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { writeDocuments, type DocumentsToWrite } from './documents-store.ts';

interface Which {
  readonly tripId: string;
  /** The customer of the order, or the transporter of the trip. */
  readonly userId: string;
}

/**
 * Writes down papers of a trip. Either side may, also after the trip: an invoice often comes later. They are not part of
 * the order's snapshot, so the cache need not hear of it.
 */
export async function writeTripDocuments(
  { tripId, userId }: Which,
  documents: DocumentsToWrite,
  { postgres }: { readonly postgres: Postgres },
) {
  const written = await postgres.run((db) => writeDocuments(db, { tripId, userId }, documents));
  if (!written) throw new AppError('ASSIGNMENT_NOT_FOUND');
  return { tripId, documents: written };
}
