export { main, type MainOptions } from "./main.js";
export { userFolders, type UserFolders } from "./user-folders.js";
export { shippedArtifacts } from "./shipped-artifacts.js";
