import BatonCLI
import Glibc

exit(BatonProgram.main(CommandLine.arguments))
