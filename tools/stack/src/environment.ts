/** Environment variables, passed in so that a test can choose them. */
export type Environment = Readonly<Record<string, string | undefined>>;
