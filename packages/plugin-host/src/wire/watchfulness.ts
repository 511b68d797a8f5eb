/** Milliseconds for which a thread that was busy a moment ago looks for more to do before it sleeps. */
export const watchMs = 0.2;
/** What follows within so many milliseconds shows that more will. */
export const closeMs = 0.4;
