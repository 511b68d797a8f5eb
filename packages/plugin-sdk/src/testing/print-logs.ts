/** Set by `novywave plugins test`, which shows what plugins log among the output of each test. */
export const printLogsVariable = "NOVYWAVE_PRINT_PLUGIN_LOGS";
