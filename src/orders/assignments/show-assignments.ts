import { AppError } from '../../contract/errors.ts';
import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';
import type { Database } from '../../platform/postgres/postgres.ts';
import { meetDeadlines } from '../changing/meet-deadlines.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { assignmentView } from './assignment-view.ts';
import {
  assignmentsOf,
  countAssignmentsOf,
  findAssignment,
  liveAssignmentsOf,
  unansweredOrderOf,
  type AssignmentOfOrder,
  type OfDriver,
} from './assignments-store.ts';

interface Which {
  readonly assignmentId: string;
  /** The driver, or the transporter. */
  readonly userId: string;
}

export async function showAssignment({ assignmentId, userId }: Which, deps: OrderDeps) {
  const which = { assignmentId, userId };
  const found = await inTime(which, deps, (db) => findAssignment(db, which));
  if (!found) throw new AppError('ASSIGNMENT_NOT_FOUND');
  return assignmentView(found, deps.clock.now());
}

interface Page {
  readonly status?: AssignmentStatus | undefined;
  readonly page: number;
  readonly limit: number;
}

/** A driver's assignments, newest first. */
export async function listAssignments(
  driverId: string,
  { status, page, limit }: Page,
  deps: OrderDeps,
) {
  const which = { driverId, statuses: status === undefined ? [] : [status] };
  const skip = (page - 1) * limit;
  const { rows, total } = await pageOfAssignments(which, { skip, most: limit }, deps);
  const now = deps.clock.now();
  const assignments = rows.map((row) => assignmentView(row, now));
  return { assignments, total, hasMore: skip + rows.length < total };
}

/** A driver's newest assignments, for views of other capabilities. */
export function newestAssignments(
  driverId: string,
  most: number,
  deps: OrderDeps,
): Promise<readonly AssignmentOfOrder[]> {
  const page = { skip: 0, most };
  return inTime({ userId: driverId }, deps, (db) =>
    assignmentsOf(db, { driverId, statuses: [] }, page),
  );
}

/** The same page by page: and how many there are on all pages. */
export async function pageOfAssignments(
  which: OfDriver,
  page: { readonly skip: number; readonly most: number },
  deps: OrderDeps,
): Promise<{ readonly rows: readonly AssignmentOfOrder[]; readonly total: number }> {
  return inTime({ userId: which.driverId }, deps, async (db) => ({
    rows: await assignmentsOf(db, which, page),
    total: await countAssignmentsOf(db, which),
  }));
}

/** The assignment that a driver is asked for, or on. P11: there is at most one. */
export async function liveAssignmentOf(
  driverId: string,
  deps: OrderDeps,
): Promise<AssignmentOfOrder | undefined> {
  const [live] = await inTime({ userId: driverId }, deps, (db) => liveAssignmentsOf(db, driverId));
  return live;
}

/** P6: an assignment whose time to answer is over is never shown as pending. */
async function inTime<T>(
  { userId, assignmentId }: { readonly userId: string; readonly assignmentId?: string },
  deps: OrderDeps,
  find: (db: Database) => Promise<T>,
): Promise<T> {
  const { postgres } = deps;
  const orderId = await postgres.run((db) => unansweredOrderOf(db, userId, assignmentId));
  if (orderId !== undefined) await meetDeadlines(orderId, deps);
  return postgres.run(find);
}
