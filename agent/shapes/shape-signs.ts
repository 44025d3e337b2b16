import type { Shape } from '../model/shape.ts';

/** What stands in every text of a shape, of those that have something of that kind: a line without it need not be searched. */
export const SHAPE_SIGNS: Readonly<Partial<Record<Shape, string>>> = { email: '@', jwt: 'eyJ' };
