/** What customers have said of a driver, in stars. */
export interface Rated {
  readonly ratingSum: number;
  readonly ratings: number;
}

/** The average of a driver's ratings, to two digits; null before the first. */
export function averageRating({ ratingSum, ratings }: Rated): number | null {
  return ratings === 0 ? null : toTwoDigits(ratingSum / ratings);
}

export function toTwoDigits(number: number): number {
  return Math.round(number * 100) / 100;
}
