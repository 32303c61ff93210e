import { firstOrder, oneTruck, type FirstOrder } from './first-order.ts';
import { questionsOf } from './questions.ts';
import { askAll, recorderOf, type Questions } from './recording.ts';
import { warmOrders, type Variables } from './warm-orders.ts';

interface Prepared {
  readonly event: FirstOrder['event'];
  readonly questions: Questions;
}

/** Both sides place somebody else's first order each time: by our code, and by clients that do nothing else. */
export async function openPlaceOrderSides(variables: Variables, auth: Variables) {
  const orders = await warmOrders(variables, auth);
  const recorder = recorderOf(orders.bare);
  return {
    orders,
    prepare: async (): Promise<Prepared> => {
      const order = await firstOrder(orders, oneTruck);
      return { event: order.event, questions: await questionsOf(orders, order, recorder) };
    },
    ours: ({ event }: Prepared) => orders.place(event),
    floor: ({ questions }: Prepared) => askAll(questions),
    close: orders.close,
  };
}
