/** Languages whose stack traces are known. */
export const LANGUAGES = ['java', 'python', 'go', 'ruby', 'node', 'dotnet'] as const;
export type Language = (typeof LANGUAGES)[number];
