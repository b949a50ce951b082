@echo off
rem Starts tfckpt on a JVM, 17 or newer.
rem
rem   JAVA_HOME            the JVM to use; otherwise 'java' on the PATH
rem   TFCKPT_JAVA_OPTIONS  options of the JVM, such as -Xmx4g
rem   TFCKPT_CLASSPATH     more jars, such as file system providers; so are the jars in lib\ext
setlocal
set "lib=%~dp0..\lib"
if not exist "%lib%\tfckpt.jar" (
  echo tfckpt: '%lib%\tfckpt.jar' is missing; unpack the whole archive again 1>&2
  exit /b 2
)
set "home=%JAVA_HOME%"
if not defined home for %%j in (java.exe) do set "home=%%~dp$PATH:j.."
if not defined JAVA_HOME if "%home%"==".." (
  echo tfckpt: no JVM found; install Java 17 or newer, or set JAVA_HOME 1>&2
  exit /b 2
)
set "java=%home%\bin\java.exe"
if not exist "%java%" (
  if defined JAVA_HOME (
    echo tfckpt: JAVA_HOME is '%home%', which has no bin\java.exe 1>&2
    exit /b 2
  )
  set "java=java.exe"
)
set "version="
set "build="
if exist "%home%\release" for /f "usebackq tokens=1,2 delims==" %%k in ("%home%\release") do (
  if "%%k"=="JAVA_VERSION" set "version=%%~l"
  if "%%k"=="JAVA_RUNTIME_VERSION" set "build=%%~l"
)
if defined version for /f "tokens=1 delims=.+-" %%m in ("%version%") do if %%m LSS 17 (
  echo tfckpt: Java 17 or newer is needed; '%home%' has version %version% 1>&2
  exit /b 2
)
set "classes=%lib%\tfckpt.jar;%lib%\ext\*"
if defined TFCKPT_CLASSPATH set "classes=%classes%;%TFCKPT_CLASSPATH%"
set "archive="
if defined build if defined LOCALAPPDATA (
  if not exist "%LOCALAPPDATA%\tfckpt" mkdir "%LOCALAPPDATA%\tfckpt" 2>nul
  set "archive=%LOCALAPPDATA%\tfckpt\tfckpt-@project.version@-java-%build%.jsa"
)
set "sharing="
if defined archive (
  if exist "%archive%" (
    set "sharing=-XX:SharedArchiveFile="%archive%" -Xlog:disable"
  ) else (
    start "" /b "%java%" -XX:ArchiveClassesAtExit="%archive%" -Xlog:disable -cp "%lib%\tfckpt.jar" org.tfckpt.cli.WarmUp >nul 2>&1
  )
)
"%java%" %sharing% %TFCKPT_JAVA_OPTIONS% -cp "%classes%" org.tfckpt.cli.Main %*
exit /b %ERRORLEVEL%
