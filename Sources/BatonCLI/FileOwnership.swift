import Glibc

/// Whom files belong to, and whom a folder is shared with.
enum FileOwnership {
  /// The name of an account of the operating system; one that it does not know has a number.
  static func name(of account: uid_t) -> String {
    getpwuid(account).map { String(cString: $0.pointee.pw_name) } ?? "uid-\(account)"
  }

  /// The account that a file belongs to; nil where that cannot be told.
  static func owner(of path: String) -> String? {
    var status = stat()
    return stat(path, &status) == 0 ? name(of: status.st_uid) : nil
  }

  /// The group whose members can use what is made in a folder: that of a folder with the setgid bit
  /// that its group may write into.
  static func sharingGroup(of folder: String) -> String? {
    var status = stat()
    guard stat(folder, &status) == 0, status.st_mode & S_ISGID != 0, status.st_mode & S_IWGRP != 0
    else { return nil }
    let name = getgrgid(status.st_gid).map { String(cString: $0.pointee.gr_name) }
    return name ?? String(status.st_gid)
  }
}
