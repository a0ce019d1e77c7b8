# >>> kei-git @EVENT@
# Written by `kei-git install`, taken out by `kei-git uninstall`.
if [ -x @NODE@ ] && [ -r @HOOK@ ]; then
  kei_code=0
  # The program gives back what it read, for the rest of this file. No exec: ksh93 then writes for ever.
  kei_stdin=
  {
    kei_stdin=$(
      export KEI_HOOK_STDIN=3 KEI_HOOK_FINE=@FINE@ @HAND_ON@
      unset @VARIABLES@
      @NODE@ @HOOK@ @EVENT@ "$@" 3>&1 >&4 4>&-
    ) || kei_code=$?
  } 4>&1 || kei_code=1
  # A program that lost its text ends with 0.
  case $kei_code in
  @FINE@) unset kei_code ;;
  0)
    echo @DAMAGED@ >&2
    exit 1
    ;;
  *) exit "$kei_code" ;;
  esac
  case $kei_stdin in
  *+)
    kei_stdin=${kei_stdin%+}
    exec <<kei_end || exit 1
$kei_stdin
kei_end
    ;;
  *-) exec </dev/null || exit 1 ;;
  esac
  unset kei_stdin
else
  echo @GONE@ >&2
  exit 1
fi
# <<< kei-git @EVENT@
